import { parse } from 'csv-parse/sync'
import { datasetNamed } from '../shared/datasets/catalogue.ts'
import { csvColumnNames } from '../shared/rows/row-layout.ts'

const columns = csvColumnNames(datasetNamed('usagedetails').columns)

/**
 * Counts values of the pages that a CSV changed: numbers with a different text, missing fields, nulls and
 * empty strings that can't be distinguished. Uses independent CSV and JSON parsers. `names`: the CSV's
 * columns, if it has no header row.
 */
export function changedValues(
  pages: readonly Buffer[],
  csv: Buffer,
  names: readonly string[] | 'header' = columns,
): number {
  const cast = (value: string, { quoting }: { quoting: boolean }) =>
    value === '' && !quoting ? null : value
  const options = { columns: names === 'header' ? true : [...names], cast }
  const records = parse(csv, options) as unknown as Record<string, string | null>[]
  const rows = pages.flatMap(exactRows)
  let changed = Math.abs(records.length - rows.length)
  rows.forEach((row, i) => {
    const record = records[i] ?? {}
    const others = JSON.parse(record['otherFields'] || '{}') as Record<string, unknown>
    for (const [name, text] of Object.entries(row)) {
      const found = record[name] ?? others[name] ?? null
      if (found !== text) changed++
    }
  })
  return changed
}

/** Rows with every value as the text that the CSV must contain. */
function exactRows(page: Buffer): Record<string, string | null>[] {
  type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown
  const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown
  const body = parseJson(page.toString(), (_key, value, context) =>
    typeof value === 'number' || typeof value === 'boolean' ? (context?.source ?? '') : value,
  )
  return (body as { data: Record<string, string | null>[] }).data
}
