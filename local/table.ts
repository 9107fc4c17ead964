import { catalogue } from '../shared/datasets/catalogue.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import type { RunResult } from './result.ts'

/** The table for people. */
export function tableOf(result: RunResult, screen: Screen): string {
  const columns = [
    { title: 'dataset', least: 12 },
    { title: 'enrollment', least: 8 },
    { title: 'period' },
    { title: 'state', drop: 2 },
    { title: 'number' },
    { title: 'rows', align: 'right' as const },
    { title: 'cost', align: 'right' as const },
    { title: 'JSON bytes', align: 'right' as const, drop: 4 },
    { title: 'CSV bytes', align: 'right' as const, drop: 3 },
  ]
  const rows = result.snapshots.map((line) => {
    const costColumn = catalogue.find(line.dataset)?.costColumn ?? null
    return [
      line.dataset,
      line.enrollment,
      line.billingPeriod,
      line.settled ? 'settled' : 'unsettled',
      `${line.number}${line.isNew ? ' new' : ''}`,
      screen.count(line.rows),
      costColumn === null ? '' : screen.amount(line.totals[costColumn] ?? '0'),
      screen.count(line.jsonBytes),
      screen.count(line.csvBytes),
    ]
  })
  return table(screen, columns, rows)
}

/** The last line of the table. */
export function countsOf({ parts, upstreamRequests }: RunResult): string {
  const { checked, unchanged, written } = parts
  return `${checked} parts checked, ${unchanged} unchanged, ${written} written, ${upstreamRequests} upstream requests`
}
