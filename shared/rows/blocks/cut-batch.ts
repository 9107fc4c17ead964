import type { RowBatch } from '../batch/row-batch.ts'
import { jsonReader } from '../json/read-json.ts'
import type { RowLayout } from '../row-layout.ts'
import { CLOSE_BRACKET, COMMA, OPEN_BRACKET } from '../scan/json-bytes.ts'

/**
 * Rows `from` to `to` (exclusive) of a batch as a new batch with bytes of its own. The rows are scanned
 * again, because sums can't be split; once per segment that is cheap.
 */
export function cutBatch(
  batch: RowBatch,
  from: number,
  to: number,
  layout: RowLayout,
): RowBatch | null {
  if (from >= to) return null
  const { lines, lineEnds } = batch
  const start = from === 0 ? 0 : (lineEnds[from - 1] as number)
  const end = lineEnds[to - 1] as number
  const array = Buffer.allocUnsafe(end - start + 1)
  array[0] = OPEN_BRACKET
  array.set(lines.subarray(start, end), 1)
  for (let row = from; row < to; row++) array[(lineEnds[row] as number) - start] = COMMA
  array[array.length - 1] = CLOSE_BRACKET
  const reader = jsonReader('list', layout)
  reader.push(array)
  reader.end()
  return reader.take()
}
