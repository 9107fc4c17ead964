/**
 * The content of a stored JSON file: its text, and its rows as the worker had them when it wrote the other
 * files.
 */
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { RowBatch } from '../../rows/row-batch.ts'
import { type RowBuffers, rowBuffers } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { transcoder } from '../../rows/transcode.ts'
import type { BlobReader } from '../../storage/ports.ts'

/** The text of a JSON file, as a stream. */
export function inflated(
  snapshots: Pick<BlobReader, 'stream'>,
  path: string,
): AsyncIterable<Buffer> {
  const file = Readable.from(snapshots.stream(path))
  const gunzip = createGunzip()
  file.once('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}

/** The rows of a JSON file. Each batch is valid until the next one is requested. */
export async function* storedBatches(
  snapshots: Pick<BlobReader, 'stream'>,
  path: string,
  layout: RowLayout,
  buffers: RowBuffers = rowBuffers(),
): AsyncGenerator<RowBatch> {
  const reader = transcoder('list', layout, buffers)
  for await (const text of inflated(snapshots, path)) {
    reader.push(text)
    const batch = reader.take()
    if (batch !== null) yield batch
  }
  reader.end()
  const last = reader.take()
  if (last !== null) yield last
}
