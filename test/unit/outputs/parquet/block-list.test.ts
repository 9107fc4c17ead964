import { describe, expect, it } from 'vitest'
import {
  compactBlocks,
  isMovable,
  lengthOf,
  liveBlocks,
  movedGroups,
  mustCompact,
  type PlacedBlock,
  placedBlocks,
} from '../../../../shared/outputs/parquet/block-list.ts'
import type { RowGroup } from '../../../../shared/outputs/parquet/row-group.ts'

/** Magic bytes, two row groups, a footer, another row group. */
const BLOCKS = placedBlocks([
  { id: 'magic', bytes: 4 },
  { id: 'a', bytes: 100 },
  { id: 'b', bytes: 50 },
  { id: 'footer', bytes: 30 },
  { id: 'c', bytes: 60 },
])

/** A group with a chunk of 10 bytes at each offset. */
function groupAt(...offsets: number[]): RowGroup {
  const facts = { bytes: 10, rawBytes: 10, values: 1, nulls: 0, inexact: 0, bounds: null }
  return {
    rows: 1,
    chunks: offsets.map((offset) => ({ offset, dataOffset: offset + 2, ...facts })),
  }
}

const idsOf = (blocks: readonly PlacedBlock[]): string[] => blocks.map(({ id }) => id)

describe('blocks of a file', () => {
  it('are live if a row group is in them, and the first always is', () => {
    expect(lengthOf(BLOCKS)).toBe(244)
    expect(idsOf(liveBlocks(BLOCKS, [groupAt(104, 114), groupAt(184)]))).toEqual([
      'magic',
      'b',
      'c',
    ])
    expect(idsOf(liveBlocks(BLOCKS, []))).toEqual(['magic'])
  })

  it('take their row groups along when they move', () => {
    const groups = [groupAt(184), groupAt(104, 114)]
    const moved = placedBlocks(liveBlocks(BLOCKS, groups))
    expect(idsOf(moved)).toEqual(['magic', 'b', 'c'])
    const offsets = movedGroups(groups, BLOCKS, moved).map(({ chunks }) =>
      chunks.map(({ offset, dataOffset }) => [offset, dataOffset]),
    )
    expect(offsets).toEqual([
      [[54, 56]],
      [
        [4, 6],
        [14, 16],
      ],
    ])
  })

  it('can move only if each chunk is in one block', () => {
    expect(isMovable(BLOCKS, [groupAt(4, 94), groupAt(184)])).toBe(true)
    expect(isMovable(BLOCKS, [groupAt(95)])).toBe(false) // reaches into the next block
    expect(isMovable(BLOCKS, [groupAt(0)])).toBe(false)
    expect(isMovable(BLOCKS, [groupAt(240)])).toBe(false)
    expect(isMovable(BLOCKS.slice(1), [])).toBe(false)
  })
})

describe('a file is compacted', () => {
  const MIB = 1024 * 1024
  const growth = { deadBytes: 5 * MIB, liveBytes: 5 * MIB, blocks: 10, isSettling: false }

  it.each([
    [growth, false],
    [{ ...growth, deadBytes: 6 * MIB }, true],
    // Readers of small files are not interrupted for a few footers.
    [{ ...growth, liveBytes: 1_000, deadBytes: 4 * MIB }, false],
    [{ ...growth, blocks: 40_000 }, false],
    [{ ...growth, blocks: 40_001 }, true],
    [{ ...growth, isSettling: true }, true],
  ])('%j: %s', (input, expected) => {
    expect(mustCompact(input)).toBe(expected)
  })
})

describe('blocks of a compacted file', () => {
  const groups = [groupAt(104, 114), groupAt(184)]
  const live = liveBlocks(BLOCKS, groups)
  const offsetsWith = (taken: readonly number[]): (number | undefined)[] =>
    (compactBlocks(live, groups, new Set(taken)) ?? []).map(({ offset }) => offset)

  it('are moved together', () => {
    expect(offsetsWith([])).toEqual([0, 4, 54])
  })

  it('keep every page away from where an older footer has one, each by zero bytes of its own', () => {
    // Chunks of `b` would begin at 4 and 14, their data at 6 and 16; of `c` at 54 and 56.
    expect(offsetsWith([4])).toEqual([0, 5, 55])
    expect(offsetsWith([16])).toEqual([0, 5, 55])
    expect(offsetsWith([54, 55])).toEqual([0, 4, 56])
  })

  it('are not moved where there is no such place', () => {
    const everywhere = Array.from({ length: 10_000 }, (_, i) => i)
    expect(compactBlocks(live, groups, new Set(everywhere))).toBeNull()
  })
})
