import { describe, expect, it } from 'vitest'
import { rowLayout } from '../../../../shared/rows/row-layout.ts'
import { groupSums } from '../../../../shared/rows/select/group-sums.ts'

const layout = rowLayout([
  { name: 'a' },
  { name: 'b' },
  { name: 'cost', kind: 'number', decimal: true },
])

function sumsOf(rows: readonly object[] | readonly string[], groupBy = ['a', 'b']) {
  const sums = groupSums(layout, { groupBy, sum: ['cost'], where: [] })
  const texts = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)))
  sums.add(Buffer.from(texts.join('\n,')), [])
  return sums
}

describe('sums by two columns', () => {
  it.each([
    [
      ['A\0B', 'C'],
      ['A', 'B\0C'],
    ],
    [
      ['1:x', ''],
      ['1', ':x'],
    ],
    [
      ['', '0:'],
      ['0:', ''],
    ],
    [
      ['a","b', 'c'],
      ['a', 'b","c'],
    ],
  ])('keep %j apart from %j', (one, other) => {
    const rows = [one, other].map(([a, b]) => ({ a, b, cost: 1 }))
    const groups = sumsOf(rows).groups()
    expect(groups.map(({ rows: count }) => count)).toEqual([1, 1])
    expect(groups.map(({ key }) => key)).toEqual(expect.arrayContaining([one, other]))
  })

  it('come in the order of the first column, then of the second', () => {
    const rows = ['b,a', 'a,c', 'a,b', 'aa,a'].map((each) => {
      const [a, b] = each.split(',')
      return { a, b, cost: 1 }
    })
    const keys = sumsOf(rows)
      .groups()
      .map(({ key }) => key.join(','))
    expect(keys).toEqual(['a,b', 'a,c', 'aa,a', 'b,a'])
  })
})

describe('an amount that is not a number', () => {
  const rows = ['10', '4.9E-324', '1E400', '2', '"3"', 'null', 'true'].map(
    (cost) => `{"a":"x","cost":${cost}}`,
  )

  it('is left out of the sum, and counted', () => {
    expect(sumsOf(rows, ['a']).groups()).toEqual([
      { key: ['x'], rows: 7, totals: ['12'], leftOut: [4] },
    ])
    expect(sumsOf(rows, ['a']).total()).toEqual({
      key: [],
      rows: 7,
      totals: ['12'],
      leftOut: [4],
    })
  })

  it('does not apply to a sum of many digits over groups', () => {
    const groups = ['10', '1e-99', '9e90'].map((cost) => `{"a":"${cost}","cost":${cost}}`)
    const { totals } = sumsOf(groups, ['a']).total()
    expect(totals).toEqual([`9${'0'.repeat(88)}10.${'0'.repeat(98)}1`])
  })
})
