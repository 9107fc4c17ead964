/** The blocks of a Parquet file in storage: which stay, and where. Pure. */
import { sha256 } from '../../rows/blocks/digest.ts'
import { MAGIC } from './parquet-codes.ts'
import type { RowGroup } from './row-group.ts'

/** A block and its position in the file. */
export interface PlacedBlock {
  readonly id: string
  readonly offset: number
  readonly bytes: number
}

/** Row groups of files with other rows begin at other offsets, up to so many bytes apart. */
const MAX_SHIFT = 4_096

/**
 * A file's first block: the magic bytes, and zeros whose number depends on its units. Without them, row groups of equal size
 * would move to where others were when the file is compacted, and a reader in the middle of it would not notice.
 */
export function headBlock(keys: readonly string[]): Buffer {
  const shift = Number.parseInt(sha256(keys.join('\n')).slice(0, 8), 16) % MAX_SHIFT
  return Buffer.concat([MAGIC, Buffer.alloc(shift)])
}

/** A file is compacted before it has so many blocks; storage allows 50,000. */
export const MAX_BLOCKS = 40_000

export function placedBlocks(
  blocks: readonly { readonly id: string; readonly bytes: number }[],
): PlacedBlock[] {
  let offset = 0
  return blocks.map(({ id, bytes }) => {
    offset += bytes
    return { id, bytes, offset: offset - bytes }
  })
}

export function lengthOf(blocks: readonly PlacedBlock[]): number {
  const last = blocks.at(-1)
  return last === undefined ? 0 : last.offset + last.bytes
}

/** The blocks that hold the file's first bytes or pages of `groups`, in their order. */
export function liveBlocks(
  blocks: readonly PlacedBlock[],
  groups: readonly RowGroup[],
): PlacedBlock[] {
  const offsets = groups.flatMap(({ chunks }) => chunks.map(({ offset }) => offset))
  const live = new Set(offsets.map((offset) => blockAt(blocks, offset)))
  return blocks.filter((block, i) => i === 0 || live.has(block))
}

/** The block that holds the byte at `offset`; null if there is none. */
function blockAt(blocks: readonly PlacedBlock[], offset: number): PlacedBlock | null {
  let [low, high] = [0, blocks.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((blocks[middle] as PlacedBlock).offset <= offset) low = middle + 1
    else high = middle
  }
  return blocks[low - 1] ?? null
}

/**
 * True if each chunk lies within one block that is not the first, which is that of {@link headBlock}: then blocks can be moved
 * with what they hold.
 */
export function isMovable(blocks: readonly PlacedBlock[], groups: readonly RowGroup[]): boolean {
  const [first] = blocks
  if (first === undefined || first.bytes < MAGIC.length) return false
  if (first.bytes >= MAGIC.length + MAX_SHIFT) return false
  return groups.every(({ chunks }) =>
    chunks.every(({ offset, bytes }) => {
      const block = blockAt(blocks, offset)
      return block !== null && block !== first && offset + bytes <= block.offset + block.bytes
    }),
  )
}

/** The groups of `blocks` after some of them have been moved to where `moved` places them. */
export function movedGroups(
  groups: readonly RowGroup[],
  blocks: readonly PlacedBlock[],
  moved: readonly PlacedBlock[],
): RowGroup[] {
  const places = new Map(moved.map(({ id, offset }) => [id, offset]))
  return groups.map((group) => ({
    ...group,
    chunks: group.chunks.map((chunk) => {
      const block = blockAt(blocks, chunk.offset)
      const to = block === null ? undefined : places.get(block.id)
      if (block === null || to === undefined) throw new Error('a row group in a block that is gone')
      const by = to - block.offset
      return { ...chunk, offset: chunk.offset + by, dataOffset: chunk.dataOffset + by }
    }),
  }))
}

/** What decides whether a file is compacted. */
export interface Growth {
  /** Bytes of the old file that the new one does not refer to. */
  readonly deadBytes: number
  /** Bytes of all row groups of the new file. */
  readonly liveBytes: number
  readonly blocks: number
  /** True once, when a period is settled: nothing of it will change often from then on. */
  readonly isSettling: boolean
}

export function mustCompact({ deadBytes, liveBytes, blocks, isSettling }: Growth): boolean {
  return isSettling || deadBytes > liveBytes || blocks > MAX_BLOCKS
}
