/** Positions of the blocks of a stored JSON file: from its old index, or found again. */
import { hasCode } from '../../errors.ts'
import { type PartIndex, parseIndex } from '../../format/part-index.ts'
import type { FileRecord, Segment } from '../../format/part-record.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { blockOffsets } from './remake-index.ts'

/** The index that the snapshot names, or null if it is damaged: the blocks are then found without it. */
export async function soundIndex(
  snapshots: Pick<BlobReader, 'read'>,
  { path, sha256: expected }: FileRecord,
): Promise<PartIndex | null> {
  try {
    const { bytes } = await snapshots.read(path)
    return bytes !== null && sha256(bytes) === expected ? parseIndex(bytes, path) : null
  } catch (error) {
    if (hasCode(error, 'FILE_DAMAGED', 'FORMAT_INVALID')) return null
    throw error
  }
}

/**
 * Where each block begins, and where the last one ends. Null if the file has other blocks than those with
 * these digests.
 */
export async function blockPlaces(
  snapshots: Pick<BlobReader, 'stream'>,
  { json }: Pick<Segment, 'json'>,
  known: PartIndex | null,
  digests: readonly string[],
): Promise<number[] | null> {
  if (known === null) return blockOffsets(snapshots.stream(json.path), digests)
  const isSame =
    known.blocks.length === digests.length &&
    known.blocks.every((block, i) => block.sha256 === digests[i])
  return isSame ? [...known.blocks.map(({ offset }) => offset), known.blocksEnd] : null
}
