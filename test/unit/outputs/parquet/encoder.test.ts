import { describe, expect, it } from 'vitest'
import type { ParquetColumn } from '../../../../shared/outputs/parquet/columns.ts'
import { encoderKernel } from '../../../../shared/outputs/parquet/encoder-kernel.ts'
import { rowGroupEncoder } from '../../../../shared/outputs/parquet/row-group-encoder.ts'
import { billRows, csvRecords, encoded } from '../../../../testing/parquet/encoded.ts'
import { parquetFile } from '../../../../testing/parquet/parquet-file.ts'
import { metadataOf } from '../../../../testing/parquet/read-parquet.ts'

const exact: ParquetColumn = { name: 'exact', type: 'exact' }
const texts: readonly ParquetColumn[] = [{ name: 'text', type: 'text' }, exact]
const columns: readonly ParquetColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'cost', type: 'decimal' },
  { name: 'date', type: 'date' },
  { name: 'flag', type: 'boolean' },
  exact,
]
const kernel = encoderKernel()

describe('a row group', () => {
  it('ends at 65,536 rows', () => {
    const groups = encoded(texts, csvRecords(Array.from({ length: 65_540 }, () => ['x'])))
    expect(groups.map(({ group }) => group.rows)).toEqual([65_536, 4])
  })

  it('ends at 64 MiB of records', () => {
    const encoder = rowGroupEncoder(kernel, texts)
    const row = csvRecords([['x'.repeat(1024 * 1024)]])
    const groups = Array.from({ length: 65 }, () => encoder.add(row)).flat()
    expect(groups.map(({ group }) => group.rows)).toEqual([64])
    expect(encoder.endGroup()?.group.rows).toBe(1)
  })

  it('has the minimum and maximum of each column, in the order of its type', () => {
    const rows = [
      ['b', '-1', '2017-04-02', 'true'],
      ['ä', '-1.5', '1969-12-31', 'true'],
      ['a', '1E3', '2017-04-01', null],
      [null, null, null, null],
    ]
    const file = parquetFile(columns, encoded(columns, csvRecords(rows)))
    const statistics = metadataOf(file).row_groups[0]?.columns.map(
      ({ meta_data }) => meta_data?.statistics,
    )
    expect(statistics).toMatchObject([
      { min_value: 'a', max_value: 'ä', null_count: 1n },
      { min_value: -1.5, max_value: 1_000, null_count: 1n },
      { min_value: new Date('1969-12-31'), max_value: new Date('2017-04-02'), null_count: 1n },
      { min_value: true, max_value: true, null_count: 2n },
      { null_count: 4n },
    ])
  })

  it('has no minimum and maximum of long texts', () => {
    for (const length of [64, 65]) {
      const rows = [['a'], ['x'.repeat(length)], ['b']]
      const [group] = encoded(texts, csvRecords(rows))
      expect(group?.group.chunks[0]?.bounds === null).toBe(length > 64)
    }
  })

  it('has the number of values in exact by column', () => {
    const rows = [
      ['1', '0.1234567890123456789', 'yesterday', 'yes'],
      ['2', '0.10', '2017-04-01T10:00:00', 'true'],
    ]
    const [group] = encoded(columns, csvRecords(rows))
    expect(group?.group.chunks.map(({ inexact }) => inexact)).toEqual([0, 1, 2, 1, 0])
  })
})

describe('an encoder', () => {
  it('returns no group without rows', () => {
    const encoder = rowGroupEncoder(kernel, texts)
    expect(encoder.add(Buffer.alloc(0))).toEqual([])
    expect(encoder.endGroup()).toBeNull()
  })

  it.each([
    ['too few fields', 'a\r\n'],
    ['too many fields', 'a,b,c,d,e\r\n'],
    ['text after a closing quote', '"a"b,1,2017-04-01,true\r\n'],
    ['LF alone', 'a,1,2017-04-01,true\n,b,c,d,e,f\r\n'],
    ['CR alone', 'a,1,2017-04-01,true\rb'],
  ])('rejects %s', (_what, csv) => {
    const encoder = rowGroupEncoder(kernel, columns)
    expect(() => encoder.add(Buffer.from(csv))).toThrow('not CSV records of 4 fields')
  })

  it('cannot end a group within a record', () => {
    const encoder = rowGroupEncoder(kernel, texts)
    encoder.add(Buffer.from('a\r\nb'))
    expect(() => encoder.endGroup()).toThrow('a CSV record is cut')
  })

  it('cannot be used once another one has taken the kernel', () => {
    const first = rowGroupEncoder(kernel, texts)
    rowGroupEncoder(kernel, texts)
    expect(() => first.add(Buffer.from('a\r\n'))).toThrow('another encoder')
    expect(() => first.endGroup()).toThrow('another encoder')
  })

  it('is not affected by rows of the previous one', () => {
    const csv = csvRecords(billRows(1_000))
    rowGroupEncoder(kernel, texts).add(csvRecords([['x'.repeat(2e6)], ['y']]))
    rowGroupEncoder(kernel, columns).add(csv)
    const encoder = rowGroupEncoder(kernel, columns)
    encoder.add(csv)
    expect([encoder.endGroup()]).toEqual(encoded(columns, csv))
  })
})
