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

/** Returns pseudo-random whole numbers below a limit, the same in every run. */
export function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Rows of id, cost, date and flag; the same in every run. */
export function* billRows(count: number): Generator<(string | null)[]> {
  const next = sequence(7)
  for (let i = 0; i < count; i++) {
    yield [
      `/subscriptions/${next(40)}/resource-${next(count)}`,
      next(10) === 0 ? null : `${next(2) === 0 ? '-' : ''}${next(1_000)}.${next(1_000_000)}`,
      `2017-04-${String(1 + next(30)).padStart(2, '0')}T00:00:00`,
      next(3) === 0 ? 'true' : 'false',
    ]
  }
}
