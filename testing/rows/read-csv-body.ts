/** A small layout, and the rows of a CSV body in it. */
import { type CsvReader, csvReader } from '../../shared/rows/csv/read-csv.ts'
import { formatSum } from '../../shared/rows/decimal/decimal.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'

export const layout = rowLayout([
  { name: 'a' },
  { name: 'b', decimal: true, aliases: ['bee'] },
  { name: 'c', kind: 'number' },
])

/** Reads a whole body, and gives its rows as text. */
export function read(
  body: string | Buffer,
  reader: CsvReader = csvReader(layout),
  chunkBytes = 1e9,
) {
  const bytes = Buffer.from(body as string)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes))
  }
  const beside = reader.end()
  const batch = reader.take()
  const text = (given: Uint8Array | undefined): string => Buffer.from(given ?? []).toString()
  return {
    beside,
    lines: text(batch?.lines),
    csv: text(batch?.csv),
    sum: batch === null ? null : formatSum(batch.sums[0] as (typeof batch.sums)[0]),
    unknown: [...(batch?.unknownFields ?? [])],
    drift: [...(batch?.drift ?? [])],
    odd: batch?.odd ?? [],
    ...reader.facts(),
  }
}
