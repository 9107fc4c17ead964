/** Reads what a new version of a Parquet file needs to know of the existing one. */
import { z } from 'zod'
import { ArchiveError, hasCode } from '../../errors.ts'
import {
  isMovable,
  lengthOf,
  type PlacedBlock,
  pageOffsets,
  placedBlocks,
} from '../../outputs/parquet/block-list.ts'
import { footerBytes, readFooter, type StoredParquet } from '../../outputs/parquet/read-footer.ts'
import { readNote } from '../../outputs/parquet/read-note.ts'
import type { ViewStore } from '../../storage/ports.ts'

export interface ExistingFile {
  /** Its blocks, if a new version may name them; none if it must be written anew. */
  readonly blocks: readonly PlacedBlock[]
  readonly file: StoredParquet
  /** Footers of the file, the current one included, as `[position, bytes]`. */
  readonly footers: readonly Range[]
}

type Range = readonly [position: number, bytes: number]

/** The name of the footer's note with {@link ExistingFile.footers}, without that footer. */
export const FORMER_FOOTERS = 'formerFooters'

/** How much of a file's end is read at first: more than most footers. */
const END_BYTES = 256 * 1024

const NO_CONTENT: StoredParquet = { columns: [], groups: [], notes: new Map(), isOurs: true }

export const NO_FILE: ExistingFile = { blocks: [], file: NO_CONTENT, footers: [] }

/** The existing file; {@link NO_FILE} if it is not Parquet, null if it was replaced since `etag`. */
export async function existingFile(
  view: ViewStore,
  name: string,
  etag: string,
): Promise<ExistingFile | null> {
  const blocks = placedBlocks(await view.blocks(name))
  // Something else wrote it in one request, if it has no blocks.
  if (blocks.length === 0) return NO_FILE
  const length = lengthOf(blocks)
  try {
    const end = await fileEnd(view, name, length, etag)
    if (end === null) return null
    const file = readFooter(end)
    const current: Range = [length - footerBytes(end), footerBytes(end)]
    const footers = [...(readNote(rangesSchema, file.notes.get(FORMER_FOOTERS)) ?? []), current]
    return isMovable(blocks, file.groups)
      ? { blocks, file, footers }
      : { blocks: [], file: { ...file, isOurs: false }, footers }
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return NO_FILE
    throw error
  }
}

/** Where the footers of the file have pages; null if it was replaced since `etag`. */
export async function takenOffsets(
  view: Pick<ViewStore, 'readRange'>,
  name: string,
  etag: string,
  { file, footers }: ExistingFile,
): Promise<ReadonlySet<number> | null> {
  const taken = new Set(pageOffsets(file.groups))
  for (const [position, bytes] of footers.slice(0, -1)) {
    const footer = await view.readRange(name, position, bytes, etag)
    if (footer === null) return null
    for (const offset of offsetsIn(footer)) taken.add(offset)
  }
  return taken
}

function offsetsIn(footer: Buffer): number[] {
  try {
    return pageOffsets(readFooter(footer).groups)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return [] // so no reader can use it either
    throw error
  }
}

/** The end of a file, its whole footer included. */
async function fileEnd(
  view: Pick<ViewStore, 'readRange'>,
  name: string,
  length: number,
  etag: string,
): Promise<Buffer | null> {
  const lastOf = (bytes: number): Promise<Buffer | null> =>
    view.readRange(name, length - bytes, bytes, etag)
  const end = await lastOf(Math.min(length, END_BYTES))
  if (end === null) return null
  const needed = footerBytes(end)
  if (needed <= end.length) return end
  if (needed > length) throw new ArchiveError('FORMAT_INVALID', `${name} has no Parquet footer`)
  return lastOf(needed)
}

const rangesSchema = z.array(z.tuple([z.int().nonnegative(), z.int().positive()]))
