import { daysOf, monthOf } from '../local/simulator/months.ts'
import { rowText, usageRow } from '../local/simulator/rows.ts'

/** Usage details as the source sends them: pages of 1,000 rows, with the entropy of a real bill. */
export interface Pages {
  readonly pages: readonly Buffer[]
  readonly rows: number
  readonly bytes: number
}

const PAGE_ROWS = 1_000

const days = daysOf(monthOf('2017-04-30'), '2017-04-30')

/** The texts of `count` rows from number `from` on; always the same. */
export function usageRows(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const index = from + i
    const date = days[index % days.length] ?? ''
    const key = { seed: 5, enrollment: '100', date, index, revision: 0 }
    return rowText(usageRow({ ...key, withNewField: index % 50 === 0 }), 'v3')
  })
}

export function usagePages(rows: number): Pages {
  const pages: Buffer[] = []
  for (let from = 0; from < rows; from += PAGE_ROWS) {
    const texts = usageRows(from, Math.min(PAGE_ROWS, rows - from))
    pages.push(Buffer.from(`{"id":"bench","data":[${texts.join(',')}],"nextLink":null}`))
  }
  return { pages, rows, bytes: pages.reduce((sum, page) => sum + page.length, 0) }
}
