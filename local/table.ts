import { catalogue } from '../shared/datasets/catalogue.ts'
import { grouped } from './grouped.ts'
import type { RunResult } from './result.ts'

/** The table that a person reads. */
export function tableOf(result: RunResult): string {
  const header = [
    'dataset',
    'enrollment',
    'period',
    'number',
    'rows',
    'cost total',
    'JSON bytes',
    'CSV bytes',
  ]
  const rows = result.snapshots.map((line) => {
    const costColumn = catalogue.find(line.dataset)?.costColumn ?? null
    return [
      line.dataset,
      line.enrollment,
      line.billingPeriod + (line.settled ? '' : ' *'),
      `${line.number}${line.isNew ? ' new' : ''}`,
      grouped(line.rows),
      costColumn === null ? '' : (line.totals[costColumn] ?? ''),
      grouped(line.jsonBytes),
      grouped(line.csvBytes),
    ]
  })
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  )
  const isText = (column: number): boolean => column < 4
  const format = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return [
    format(header),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(format),
  ].join('\n')
}

/** The last line of the table. */
export function countsOf({ parts, upstreamRequests }: RunResult): string {
  const { checked, unchanged, written } = parts
  return `${checked} parts checked, ${unchanged} unchanged, ${written} written, ${upstreamRequests} upstream requests`
}
