import { describe, expect, it } from 'vitest'
import type { ParquetColumn } from '../../../../shared/outputs/parquet/columns.ts'
import { footer } from '../../../../shared/outputs/parquet/footer.ts'
import {
  extendedGroup,
  keptGroups,
  UNITS,
  unitsNote,
} from '../../../../shared/outputs/parquet/kept-groups.ts'
import { readFooter } from '../../../../shared/outputs/parquet/read-footer.ts'
import { csvRecords, encoded } from '../../../../testing/parquet/encoded.ts'
import { parquetFile } from '../../../../testing/parquet/parquet-file.ts'
import { readParquet } from '../../../../testing/parquet/read-parquet.ts'

const text = (name: string): ParquetColumn => ({ name, type: 'text' })
const EXACT: ParquetColumn = { name: 'exact', type: 'exact' }
const COLUMNS = [text('id'), text('otherFields'), EXACT]
const LATER = [text('id'), text('otherFields'), text('added'), text('more'), EXACT]

/** A file with a row group for each unit. */
function fileOf(units: readonly (readonly [key: string, rows: (string | null)[][]])[]): Buffer {
  const groups = units.flatMap(([, rows]) => encoded(COLUMNS, csvRecords(rows)))
  const note = unitsNote(units.map(([key]) => [key, 1]))
  return parquetFile(COLUMNS, groups, new Map([[UNITS, note]]))
}

function kept(file: Buffer, columns: readonly ParquetColumn[], ...keys: string[]): boolean[] {
  const units = keys.map((key) => ({ key, rows: 1 }))
  return keptGroups(readFooter(file), columns, units).map((groups) => groups !== null)
}

const A = [['a', null]]
const B = [['b', '{"added":1}']]

describe('row groups', () => {
  it('are kept under the same key, each once', () => {
    const file = fileOf([
      ['1', A],
      ['2', B],
    ])
    expect(kept(file, COLUMNS, '2', '3', '1', '1')).toEqual([true, false, true, false])
  })

  it('are not kept if they have another number of rows', () => {
    const file = fileOf([['1', A]])
    const kept = keptGroups(readFooter(file), COLUMNS, [{ key: '1', rows: 2 }])
    expect(kept).toEqual([null])
  })

  it('are kept with more columns if no row can have a value in them', () => {
    const file = fileOf([
      ['1', A],
      ['2', B],
    ])
    expect(kept(file, LATER, '1', '2')).toEqual([true, false])
  })

  it.each([
    ['a column is gone', [text('id'), EXACT]],
    ['a column has another name', [text('name'), text('otherFields'), EXACT]],
    ['a column has another type', [text('id'), { name: 'otherFields', type: 'date' }, EXACT]],
    ['columns have another order', [text('otherFields'), text('id'), EXACT]],
  ] satisfies [string, ParquetColumn[]][])('are not kept if %s', (_why, columns) => {
    expect(kept(fileOf([['1', A]]), columns, '1')).toEqual([false])
  })

  it.each([
    ['is missing', new Map<string, string>()],
    ['is no JSON', new Map([[UNITS, '[']])],
    ['has another shape', new Map([[UNITS, '{}']])],
    ['names more groups', new Map([[UNITS, unitsNote([['1', 2]])]])],
    ['names fewer groups', new Map([[UNITS, unitsNote([])]])],
  ])('are not kept if the note %s', (_why, notes) => {
    const file = parquetFile(COLUMNS, encoded(COLUMNS, csvRecords(A)), notes)
    expect(kept(file, COLUMNS, '1')).toEqual([false])
  })

  it('have no value in columns that are added to them', async () => {
    const file = fileOf([['1', A]])
    const [group] = readFooter(file).groups
    if (group === undefined) throw new Error('no group')
    const { pages, chunks } = extendedGroup(group, LATER.length, file.length)
    const tail = footer({ columns: LATER, groups: [{ ...group, chunks }], notes: new Map() })
    const rows = await readParquet(Buffer.concat([file, ...pages, tail]))
    expect(rows).toEqual([{ id: 'a', otherFields: null, added: null, more: null, exact: null }])
    expect(extendedGroup(group, COLUMNS.length, 0).pages).toEqual([])
  })
})
