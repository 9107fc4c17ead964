import type { RowBuffers } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { TextPool } from '../../rows/text-pool.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'

/** What verifying reads with. */
export interface FileChecker {
  readonly snapshots: BlobReader
  readonly layout: RowLayout
  readonly buffers: RowBuffers
  readonly texts: TextPool
  /** Compare JSON with CSV field by field, and each block of the index with the file. */
  readonly isDeep: boolean
  /** False if a newer program wrote the files, with columns that the layout does not have. */
  readonly isKnown: boolean
  /** Blobs of the series as they were listed, by name: their metadata tell what their commits said. */
  readonly listed: ReadonlyMap<string, ListedBlob>
  /** Files of the series that repairs left in place of damaged ones, by the name of the damaged one. */
  readonly repairs: ReadonlyMap<string, readonly string[]>
}
