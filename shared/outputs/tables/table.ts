/** Small tables that the archive derives for reports. Pure. */
import { csvHeader } from '../../rows/row-layout.ts'
import { EXACT_NAME, type ParquetColumn, type ParquetType } from '../parquet/columns.ts'

/** A table's columns in the order of the CSV; Parquet has `exact` after them. */
export type TableColumns<Name extends string> = Readonly<
  Record<Name, Exclude<ParquetType, 'exact'>>
>

/** Values of a record; null where there is none. */
export type TableRecord<Name extends string> = Readonly<Record<Name, string | null>>

export function tableColumns(columns: TableColumns<string>): ParquetColumn[] {
  const own = Object.entries(columns).map(([name, type]) => ({ name, type }))
  return [...own, { name: EXACT_NAME, type: EXACT_NAME }]
}

/** The header row, with its CRLF. */
export function tableHeader(columns: TableColumns<string>): Buffer {
  return csvHeader(Object.keys(columns))
}

/** A record as CSV, like the archive's other files: null is an empty field, an empty text is `""`. */
export function csvRecord<Name extends string>(
  columns: TableColumns<Name>,
  record: TableRecord<Name>,
): string {
  const names = Object.keys(columns) as Name[]
  return `${names.map((name) => csvField(record[name])).join(',')}\r\n`
}

function csvField(text: string | null): string {
  if (text === null) return ''
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
