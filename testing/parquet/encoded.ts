/** Row groups for tests, from the texts of cells. */
import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import { encoderKernel } from '../../shared/outputs/parquet/encoder-kernel.ts'
import {
  type EncodedGroup,
  rowGroupEncoder,
} from '../../shared/outputs/parquet/row-group-encoder.ts'

const kernel = encoderKernel()

/** CSV records as the archive writes them: null is nothing, an empty text `""`. */
export function csvRecords(rows: Iterable<readonly (string | null)[]>): Buffer {
  const field = (text: string | null): string => {
    if (text === null) return ''
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return Buffer.from([...rows].map((row) => `${row.map(field).join(',')}\r\n`).join(''))
}

/** The groups of these records: those that became full, and the rest. */
export function encoded(columns: readonly ParquetColumn[], csv: Uint8Array): EncodedGroup[] {
  const encoder = rowGroupEncoder(kernel, columns)
  const groups = encoder.add(csv)
  const last = encoder.endGroup()
  return last === null ? groups : [...groups, last]
}
