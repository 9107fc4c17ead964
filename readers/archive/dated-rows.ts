/** Rows of usage for measurements: those of the simulator. */
import { plusDays } from '../../local/simulator/months.ts'
import { rowText, usageRow } from '../../local/simulator/rows.ts'

/** Rows of a day; every revision has other rows, and another number of them. */
export function rowsOfDay(date: string, rows: number, revision: number): string[] {
  return Array.from({ length: rows + (revision % 5) }, (_, index) => {
    const key = { seed: 1 + revision, enrollment: '100', date, index, revision: 0 }
    return rowText(usageRow({ ...key, withNewField: index % 3 === 2 }), 'v3')
  })
}

/** `count` days from `first` on. */
export function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => plusDays(first, i))
}
