import type { RowBuffers } from '../../rows/batch/row-buffers.ts'
import type { TextPool } from '../../rows/bytes/text-pool.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'

/** Dependencies and options of file checks. */
export interface FileChecker {
  readonly snapshots: BlobReader
  readonly layout: RowLayout
  readonly buffers: RowBuffers
  readonly texts: TextPool
  /** Compare JSON with CSV field by field, and each block of the index with the file. */
  readonly isDeep: boolean
  /** False if a newer program wrote the files, with columns that the layout lacks. */
  readonly isKnown: boolean
  /** The listed blobs of the series by name, with the metadata that their commits recorded. */
  readonly listed: ReadonlyMap<string, ListedBlob>
  /** Repaired copies in the series, by the name of the damaged file. */
  readonly repairs: ReadonlyMap<string, readonly string[]>
  /** The month whose days have slices, as yyyymm. */
  readonly month: number
}
