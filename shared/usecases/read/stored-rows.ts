/**
 * The content of a stored JSON file: its text, and its rows as the worker had them when it wrote the other
 * files.
 */

import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { type RowBuffers, rowBuffers } from '../../rows/batch/row-buffers.ts'
import { type Inflate, inflate as inflateInPool } from '../../rows/blocks/inflate.ts'
import { jsonReader } from '../../rows/json/read-json.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BlobReader } from '../../storage/ports.ts'

/** The text of a JSON file, as a stream. */
export function inflated(
  snapshots: Pick<BlobReader, 'stream'>,
  path: string,
  inflate: Inflate = inflateInPool,
): AsyncIterable<Buffer> {
  return inflate(snapshots.stream(path))
}

/** The rows of a JSON file. Each batch is valid until the next one is requested. */
export async function* storedBatches(
  snapshots: Pick<BlobReader, 'stream'>,
  path: string,
  layout: RowLayout,
  buffers: RowBuffers = rowBuffers(),
  inflate?: Inflate,
): AsyncGenerator<RowBatch> {
  const reader = jsonReader('list', layout, buffers)
  for await (const text of inflated(snapshots, path, inflate)) {
    reader.push(text)
    const batch = reader.take()
    if (batch !== null) yield batch
  }
  reader.end()
  const last = reader.take()
  if (last !== null) yield last
}
