/** Reads what a new version of a Parquet file needs to know of the existing one. */
import { ArchiveError, hasCode } from '../../errors.ts'
import {
  isMovable,
  lengthOf,
  type PlacedBlock,
  placedBlocks,
} from '../../outputs/parquet/block-list.ts'
import type { ParquetFile } from '../../outputs/parquet/footer.ts'
import { footerBytes, readFooter } from '../../outputs/parquet/read-footer.ts'
import type { ViewStore } from '../../storage/ports.ts'

export interface ExistingFile {
  readonly blocks: readonly PlacedBlock[]
  readonly file: ParquetFile
}

/** How much of a file's end is read at first: more than most footers. */
const END_BYTES = 256 * 1024

export const NO_FILE: ExistingFile = {
  blocks: [],
  file: { columns: [], groups: [], notes: new Map() },
}

/** The existing file; {@link NO_FILE} if it is not one that we can extend, null if it was replaced meanwhile. */
export async function existingFile(
  view: ViewStore,
  name: string,
  etag: string,
): Promise<ExistingFile | null> {
  const blocks = placedBlocks(await view.blocks(name))
  try {
    const file = await readFooterOf(view, name, lengthOf(blocks), etag)
    if (file === null) return null
    return isMovable(blocks, file.groups) ? { blocks, file } : NO_FILE
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return NO_FILE
    throw error
  }
}

/** The file's content by its footer; null if it was replaced since `etag`. Rejects with `FORMAT_INVALID`. */
export async function readFooterOf(
  view: ViewStore,
  name: string,
  length: number,
  etag: string,
): Promise<ParquetFile | null> {
  const lastOf = (bytes: number): Promise<Buffer | null> =>
    view.readRange(name, length - bytes, bytes, etag)
  const end = await lastOf(Math.min(length, END_BYTES))
  if (end === null) return null
  const needed = footerBytes(end)
  if (needed <= end.length) return readFooter(end)
  if (needed > length) throw new ArchiveError('FORMAT_INVALID', `${name} has no Parquet footer`)
  const whole = await lastOf(needed)
  return whole === null ? null : readFooter(whole)
}
