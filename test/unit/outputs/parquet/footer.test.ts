import { describe, expect, it } from 'vitest'
import type { ParquetColumn } from '../../../../shared/outputs/parquet/columns.ts'
import { footer, inexactCounts } from '../../../../shared/outputs/parquet/footer.ts'
import { nullChunk } from '../../../../shared/outputs/parquet/null-chunk.ts'
import { MAGIC } from '../../../../shared/outputs/parquet/parquet-codes.ts'
import { footerBytes, readFooter } from '../../../../shared/outputs/parquet/read-footer.ts'
import { movedBy } from '../../../../shared/outputs/parquet/row-group.ts'
import { csvRecords, encoded } from '../../../../testing/parquet/encoded.ts'
import { grownFile, parquetFile } from '../../../../testing/parquet/parquet-file.ts'
import { metadataOf, readParquet } from '../../../../testing/parquet/read-parquet.ts'

const columns: readonly ParquetColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'cost', type: 'decimal' },
  { name: 'date', type: 'date' },
  { name: 'flag', type: 'boolean' },
  { name: 'exact', type: 'exact' },
]
const notes = new Map([['part', 'é']])

/** A day's rows, one with a cost that the column can't say. */
function day(date: string, cost: string) {
  const rows = Array.from({ length: 20 }, (_, i) => [`${date} ${i % 3}`, cost, date, 'true'])
  return encoded(columns, csvRecords([...rows, ['odd', '1e99', date, null]]))
}

const days = ['2017-04-01', '2017-04-02', '2017-04-03'].map((date) => day(date, '1.5'))
const file = parquetFile(columns, days.flat(), notes)

async function costs(of: Buffer): Promise<unknown[]> {
  const rows = await readParquet(of)
  return rows.map(({ date, cost }) => `${date} ${cost}`)
}

describe('a footer', () => {
  it('is read back as it was written', () => {
    const read = readFooter(file)
    expect(read.columns).toEqual(columns)
    expect(read.notes).toEqual(notes)
    expect(read.groups).toHaveLength(3)
    const length = footerBytes(file)
    expect(footer(read)).toEqual(file.subarray(file.length - length))
  })

  it('has types, row counts and the order of values for other readers', () => {
    const metadata = metadataOf(file)
    expect(metadata.schema.slice(1)).toMatchObject([
      { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'cost', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 38, scale: 18 },
      { name: 'date', type: 'INT32', converted_type: 'DATE' },
      { name: 'flag', type: 'BOOLEAN' },
      { name: 'exact', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ])
    expect(metadata.num_rows).toBe(63n)
    expect(metadata.row_groups.map((group) => group.num_rows)).toEqual([21n, 21n, 21n])
    expect(metadata.created_by).toMatch(/^billing-archive version \d+\.\d+\.\d+$/)
    // A union with nothing but TypeDefinedOrder for each column; the other reader does not read it.
    const orders = Buffer.from('\x79\x5c' + '\x1c\x00\x00'.repeat(5) + '\x00', 'latin1')
    expect(file.includes(orders.subarray(1))).toBe(true)
  })

  it('has the number of values in exact by column', () => {
    const notesRead = metadataOf(file).key_value_metadata
    expect(notesRead).toContainEqual({ key: 'inexact', value: '{"cost":3}' })
    expect(inexactCounts(readFooter(file))).toEqual({ cost: 3 })
  })

  it('can have no row groups', async () => {
    const empty = parquetFile(columns, [])
    expect(readFooter(empty)).toMatchObject({ columns, groups: [] })
    expect(await readParquet(empty)).toEqual([])
  })

  it('can have many row groups', async () => {
    const many = parquetFile(columns, Array.from({ length: 40 }, () => days[0] ?? []).flat())
    expect(readFooter(many).groups).toHaveLength(40)
    expect(await costs(many)).toHaveLength(40 * 21)
  })
})

describe('a file that was extended', () => {
  const grown = grownFile(file, 1, day('2017-04-02', '-2.5'))

  it('has the old rows if read with its old length', async () => {
    expect(grown.subarray(0, file.length).equals(file)).toBe(true)
    expect(await costs(grown.subarray(0, file.length))).toEqual(await costs(file))
  })

  it('has the new rows in place of the old ones, and the new number of values in exact', async () => {
    const fresh = parquetFile(
      columns,
      [days[0], day('2017-04-02', '-2.5'), days[2]].flatMap((groups) => groups ?? []),
    )
    expect(await readParquet(grown)).toEqual(await readParquet(fresh))
    expect(inexactCounts(readFooter(grown))).toEqual({ cost: 3 })
    expect(readFooter(grown).notes).toEqual(notes)
  })
})

describe('a column that was added later', () => {
  it('is null in older row groups', async () => {
    const { groups } = readFooter(file)
    const added: ParquetColumn = { name: 'later', type: 'decimal' }
    const table = [...columns.slice(0, -1), added, ...columns.slice(-1)]
    const { page, chunk } = nullChunk(21)
    const moved = groups.map(({ rows, chunks }, i) => {
      const offset = file.length + i * page.length
      const nulls = { ...chunk, offset, dataOffset: offset }
      return { rows, chunks: [...chunks.slice(0, -1), nulls, ...chunks.slice(-1)] }
    })
    const pages = groups.map(() => page)
    const grown = Buffer.concat([file, ...pages, footer({ columns: table, groups: moved, notes })])
    const expected = (await readParquet(file)).map((row) => ({ ...row, later: null }))
    expect(await readParquet(grown)).toEqual(expected)
  })

  it.each([1, 63, 64, 65_536])('has a page for %i rows', async (count) => {
    const table: ParquetColumn[] = [{ name: 'later', type: 'text' }]
    const { page, chunk } = nullChunk(count)
    const group = movedBy({ rows: count, chunks: [chunk] }, MAGIC.length)
    const bytes = Buffer.concat([MAGIC, page, footer({ columns: table, groups: [group], notes })])
    const read = await readParquet(bytes)
    expect(read).toHaveLength(count)
    expect(read.every(({ later }) => later === null)).toBe(true)
  })
})

describe('an invalid footer', () => {
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['another file', Buffer.from('a,b,c\r\n1,2,3\r\n')],
    ['the beginning of a file', file.subarray(0, -1)],
    ['a footer without its beginning', file.subarray(-100)],
  ])('is rejected: %s', (_what, bytes) => {
    expect(() => readFooter(bytes)).toThrow(/Parquet/)
  })

  it('is known to be of another encoder', () => {
    const other = Buffer.from('\x15\x02\x00\x03\x00\x00\x00PAR1', 'latin1')
    expect(readFooter(other)).toMatchObject({ columns: [], isOurs: false })
    expect(readFooter(file).isOurs).toBe(true)
  })

  it('is not written if a group lacks a chunk', () => {
    const { groups } = readFooter(file)
    expect(() => footer({ columns: columns.slice(1), groups, notes })).toThrow('5 chunks')
  })
})
