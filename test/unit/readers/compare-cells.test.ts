import { describe, expect, it } from 'vitest'
import { differences, planted } from '../../../readers/cells/compare-cells.ts'
import type { ParquetColumn } from '../../../shared/outputs/parquet/columns.ts'
import type { Cell } from '../../../testing/oracles/parquet-oracle.ts'

const columns: ParquetColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'cost', type: 'decimal' },
  { name: 'date', type: 'date' },
  { name: 'flag', type: 'boolean' },
  { name: 'exact', type: 'exact' },
]
const rows: Cell[][] = [
  ['é', 10n ** 18n, 17_257, true, null],
  ['', null, null, false, '{"cost":"1e30"}'],
]

function read(of: readonly (readonly Cell[])[] = rows): Map<string, Cell[]> {
  return new Map(columns.map(({ name }, at) => [name, of.map((row) => row[at] ?? null)]))
}

describe('differences', () => {
  it('are none between equal cells', () => {
    expect(differences({ columns, rows }, read())).toEqual([])
  })

  it('are all cells that were read otherwise', () => {
    const changed: Cell[][] = [
      ['e\u0301', 10n ** 18n + 1n, 17_258, false, ''],
      [null, 0n, null, false, '{"cost":"1e30"}'],
    ]
    expect(differences({ columns, rows }, read(changed))).toEqual([
      'id, row 0: "e\u0301", not "é"',
      'id, row 1: null, not ""',
      'cost, row 0: 1000000000000000001, not 1000000000000000000',
      'cost, row 1: 0, not null',
      'date, row 0: 17258, not 17257',
      'flag, row 0: false, not true',
      'exact, row 0: "", not null',
    ])
  })

  it('are missing rows, further rows and further columns', () => {
    expect(differences({ columns, rows }, read(rows.slice(0, 1)))).toHaveLength(5)
    expect(differences({ columns, rows }, read([...rows, ...rows.slice(0, 1)]))).toHaveLength(5)
    const more = read().set('more', [])
    expect(differences({ columns, rows }, more)).toEqual(['more should not be there'])
  })
})

describe('planted', () => {
  it('changes one cell of each type', () => {
    const wrong = planted({ title: '', path: '', columns, rows })
    expect(wrong.count).toBe(5)
    expect(differences(wrong.case, read())).toHaveLength(5)
  })
})
