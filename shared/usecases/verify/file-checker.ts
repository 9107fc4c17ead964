import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { RowBuffers } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { TextPool } from '../../rows/text-pool.ts'
import type { BlobReader } from '../../storage/ports.ts'

/** What verifying reads with. */
export interface FileChecker {
  readonly snapshots: BlobReader
  readonly layout: RowLayout
  readonly buffers: RowBuffers
  readonly texts: TextPool
  /** Compare JSON with CSV field by field, and each block of the index with the file. */
  readonly isDeep: boolean
}

/** The text of a JSON file, as a stream. */
export function inflated(snapshots: BlobReader, path: string): AsyncIterable<Buffer> {
  const file = Readable.from(snapshots.stream(path))
  const gunzip = createGunzip()
  file.once('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}
