import { parse } from 'csv-parse/sync'
import { datasetNamed } from '../shared/datasets/catalogue.ts'
import { csvColumnNames } from '../shared/rows/row-layout.ts'

const columns = csvColumnNames(datasetNamed('usagedetails').columns)

/**
 * Counts what a CSV changed of the pages: numbers whose text is another one, fields that the CSV lacks,
 * nulls and empty strings that can't be told apart. Read by a CSV reader and a JSON parser that are
 * neither ours. `names`: of the CSV's columns, where it has no header row.
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

/** Rows with every value as the text that a CSV has to hold. */
function exactRows(page: Buffer): Record<string, string | null>[] {
  type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown
  const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown
  const body = parseJson(page.toString(), (_key, value, context) =>
    typeof value === 'number' || typeof value === 'boolean' ? (context?.source ?? '') : value,
  )
  return (body as { data: Record<string, string | null>[] }).data
}
