/** The blocks of a Parquet file in storage: which stay, and where. Pure. */
import { MAGIC } from './parquet-codes.ts'
import type { RowGroup } from './row-group.ts'

/** A block and its position in the file. */
export interface PlacedBlock {
  readonly id: string
  readonly offset: number
  readonly bytes: number
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
 * True if each chunk lies within one block that is not the first, and the first block is the magic bytes: then blocks can be
 * moved with what they hold.
 */
export function isMovable(blocks: readonly PlacedBlock[], groups: readonly RowGroup[]): boolean {
  const [first] = blocks
  if (first?.bytes !== MAGIC.length) return false
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
  /** Bytes of the old file that the new one does not refer to, old footers included. */
  readonly deadBytes: number
  /** Bytes of all row groups of the new file. */
  readonly liveBytes: number
  readonly blocks: number
  /** True once, when a period is settled: nothing of it will change often from then on. */
  readonly isSettling: boolean
}

/** Less than this is never worth the readers that a compaction interrupts. */
export const MIN_DEAD_BYTES = 4 * 1024 * 1024

export function mustCompact({ deadBytes, liveBytes, blocks, isSettling }: Growth): boolean {
  return isSettling || blocks > MAX_BLOCKS || (deadBytes > liveBytes && deadBytes > MIN_DEAD_BYTES)
}

/** The most bytes that are put before a block. */
const MAX_PADDING = 4_096

/** Blocks in a compacted file: each with the number of zero bytes before it. */
export type PaddedBlock = PlacedBlock & { readonly padding: number }

/**
 * Moves `live`, the blocks of `groups`, together, so that no page begins where an older footer of the file has one. A reader
 * with such a footer then meets the middle of a page, which it refuses; otherwise it could silently get another day's
 * values, because pages of two days have the same form. Null if there is no such place for a block. `taken`: where
 * older footers have pages.
 */
export function compactBlocks(
  live: readonly PlacedBlock[],
  groups: readonly RowGroup[],
  taken: ReadonlySet<number>,
): PaddedBlock[] | null {
  const pages = pagesByBlock(live, groups)
  let end = 0
  const moved: PaddedBlock[] = []
  for (const block of live) {
    const padding = paddingAt(end, pages.get(block) ?? [], taken)
    if (padding === null) return null
    end += padding
    moved.push({ ...block, offset: end, padding })
    end += block.bytes
  }
  return moved
}

/** Where the pages of each block begin, from the beginning of the block. */
function pagesByBlock(
  blocks: readonly PlacedBlock[],
  groups: readonly RowGroup[],
): Map<PlacedBlock, number[]> {
  const pages = new Map<PlacedBlock, number[]>()
  for (const { chunks } of groups) {
    for (const { offset, dataOffset } of chunks) {
      const block = blockAt(blocks, offset)
      if (block === null) continue
      const found = pages.get(block) ?? []
      found.push(offset - block.offset, dataOffset - block.offset)
      pages.set(block, found)
    }
  }
  return pages
}

function paddingAt(
  position: number,
  pages: readonly number[],
  taken: ReadonlySet<number>,
): number | null {
  for (let padding = 0; padding < MAX_PADDING; padding++) {
    if (!pages.some((page) => taken.has(position + padding + page))) return padding
  }
  return null
}

/** Where the chunks of row groups and their data begin. */
export function pageOffsets(groups: readonly RowGroup[]): number[] {
  return groups.flatMap(({ chunks }) =>
    chunks.flatMap(({ offset, dataOffset }) => [offset, dataOffset]),
  )
}
