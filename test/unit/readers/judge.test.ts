import { describe, expect, it } from 'vitest'
import { isState, stateRead } from '../../../readers/reads/judge.ts'
import { differingTotals } from '../../../readers/totals/expected-totals.ts'
import type { Cell } from '../../../testing/oracles/parquet-oracle.ts'

const COLUMNS = ['id', 'cost']
const before = [
  { id: 'a', cost: 1n },
  { id: 'b', cost: 2n },
]
const after = [
  { id: 'a', cost: 1n },
  { id: 'c', cost: 3n },
]
const states = [before, after].map((rows) => stateRead(rows, COLUMNS))

function isWhole(rows: readonly Record<string, Cell>[], columns = COLUMNS): boolean {
  return isState(stateRead(rows, columns), states)
}

describe('what a reader read', () => {
  it('is whole if one state has all of it', () => {
    expect([before, after].map((rows) => isWhole(rows))).toEqual([true, true])
    expect(isWhole(after, ['cost'])).toBe(true)
  })

  it('is mixed if its columns or its rows are of two states, or it has too few rows', () => {
    const columns = before.map(({ id }, i) => ({ id, cost: after[i]?.cost ?? 0n }))
    const rows = [
      { id: 'a', cost: 1n },
      { id: 'b', cost: 3n },
    ]
    expect([columns, rows, before.slice(1)].map((each) => isWhole(each))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('totals', () => {
  it('differ in the last digit, and if a group is missing', () => {
    const expected = new Map([
      ['a', '1.000000000000000000001'],
      ['b', '2'],
    ])
    expect(differingTotals(expected, new Map([...expected, ['b', '2.00']]))).toEqual([])
    const found = new Map([
      ['a', '1.000000000000000000002'],
      ['c', '0'],
    ])
    expect(differingTotals(expected, found)).toHaveLength(3)
  })
})
