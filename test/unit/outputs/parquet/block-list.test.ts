import { describe, expect, it } from 'vitest'
import {
  headBlock,
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
    expect(isMovable([{ id: 'a', offset: 0, bytes: 5_000 }], [])).toBe(false) // no first block of ours
    expect(isMovable([], [])).toBe(false)
  })
})

describe('the first block', () => {
  it('has the magic bytes, and zeros that depend on the units', () => {
    const heads = ['a', 'b', 'c'].map((key) => headBlock([key, 'z']))
    expect(heads.map((head) => head.subarray(0, 4).toString())).toEqual(['PAR1', 'PAR1', 'PAR1'])
    expect(heads.every((head) => head.subarray(4).every((byte) => byte === 0))).toBe(true)
    expect(new Set(heads.map(({ length }) => length)).size).toBe(3)
    expect(headBlock(['a', 'z'])).toEqual(heads[0])
  })
})

describe('a file is compacted', () => {
  const growth = { deadBytes: 100, liveBytes: 100, blocks: 10, isSettling: false }

  it.each([
    [growth, false],
    [{ ...growth, deadBytes: 101 }, true],
    [{ ...growth, blocks: 40_000 }, false],
    [{ ...growth, blocks: 40_001 }, true],
    [{ ...growth, isSettling: true }, true],
  ])('%j: %s', (input, expected) => {
    expect(mustCompact(input)).toBe(expected)
  })
})
