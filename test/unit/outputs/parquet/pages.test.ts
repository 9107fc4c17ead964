import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ParquetColumn } from '../../../../shared/outputs/parquet/columns.ts'
import { billRows, csvRecords, encoded, sequence } from '../../../../testing/parquet/encoded.ts'
import { parquetFile } from '../../../../testing/parquet/parquet-file.ts'
import { readParquet } from '../../../../testing/parquet/read-parquet.ts'

const exact: ParquetColumn = { name: 'exact', type: 'exact' }
const texts: readonly ParquetColumn[] = [{ name: 'text', type: 'text' }, exact]
const columns: readonly ParquetColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'cost', type: 'decimal' },
  { name: 'date', type: 'date' },
  { name: 'flag', type: 'boolean' },
  exact,
]

/** Column `text` of a file with these values. */
async function textsIn(values: readonly (string | null)[]): Promise<unknown[]> {
  const groups = encoded(texts, csvRecords(values.map((value) => [value])))
  const rows = await readParquet(parquetFile(texts, groups))
  return rows.map((row) => row['text'])
}

describe('encoded pages', () => {
  it('have exactly these bytes for a single row', () => {
    const [group] = encoded(texts, csvRecords([['hello']]))
    // Levels: 2 bytes, a group of eight bits. The value: its length and text. Both are short, so snappy has literals.
    const text = Buffer.from('\x0f\x14\x02\0\0\0\x03\x01\x20\x05\0\0\0hello', 'latin1')
    const none = [6, 5 << 2, 2, 0, 0, 0, 3, 0]
    const header = (raw: number, size: number): number[] => [
      // Of the page: its kind, length before and after compression.
      ...[[0x15, 0], [0x15, raw * 2], [0x15, size * 2], [0x2c]].flat(),
      // Of a data page: rows, PLAIN, RLE, RLE.
      ...[
        [0x15, 2],
        [0x15, 0],
        [0x15, 6],
        [0x15, 6],
        [0, 0],
      ].flat(),
    ]
    expect(Buffer.concat(group?.pages ?? [])).toEqual(
      Buffer.from([...header(15, text.length), ...text, ...header(6, none.length), ...none]),
    )
  })

  it('store repeated bytes as copies', () => {
    const [group] = encoded(texts, csvRecords([['ab'.repeat(40)]]))
    // The length, 80; the literals `ab`; a copy of 64 bytes and one of 14, both from two bytes before.
    const value = [5 << 2, 0x50, 0, 0, 0, 0x61, 0x62, (63 << 2) | 2, 2, 0, (13 << 2) | 2, 2, 0]
    const pages = Buffer.concat(group?.pages ?? [])
    expect(pages.includes(Buffer.from(value))).toBe(true)
  })

  it('have the same bytes on every machine and in every version', () => {
    const groups = encoded(columns, csvRecords(billRows(6_000)))
    const digest = createHash('sha256').update(parquetFile(columns, groups)).digest('hex')
    expect(digest).toBe('1e255215ef51ebcf9262339fc1d5f8452e4a55706d5f5684745d950598a070bc')
  })
})

describe('encoded values', () => {
  it('are read back, however often they repeat', async () => {
    const next = sequence(3)
    const kinds: Readonly<Record<string, (i: number) => string | null>> = {
      same: () => 'always the same',
      none: () => null,
      unique: (i) => `always another ${i}`,
      few: () => `one of a few ${next(5)}`,
      nearly: () => `${next(40_000)}`,
      many: () => `one of many ${next(9_000)}`,
      runs: (i) => (i % 37 === 0 ? null : `row ${i >> 4}`),
      sparse: (i) => (next(2) === 0 ? null : `${i}`),
      late: (i) => (i < 5_000 ? 'a' : `later always another ${i}`),
      long: (i) => '0123456789abcdef'.repeat(next(20)) + i,
    }
    const table = Object.keys(kinds).map((name): ParquetColumn => ({ name, type: 'text' }))
    const rows = Array.from({ length: 9_000 }, (_, i) =>
      Object.values(kinds).map((kind) => kind(i)),
    )
    const all = [...table, exact]
    const read = await readParquet(parquetFile(all, encoded(all, csvRecords(rows))))
    const found = read.map((row) => table.map(({ name }) => row[name]))
    expect(JSON.stringify(found)).toBe(JSON.stringify(rows))
  })

  it('are read back when a dictionary is full', async () => {
    for (const [count, times, length] of [
      [62_000, 3, 0],
      [8_000, 2, 90],
    ] as const) {
      const values = Array.from({ length: count }, (_, i) =>
        String(Math.floor(i / times)).padStart(length),
      )
      const [group] = encoded(texts, csvRecords(values.map((value) => [value])))
      expect(group?.group.chunks[0]?.dataOffset).toBeGreaterThan(0)
      expect(JSON.stringify(await textsIn(values))).toBe(JSON.stringify(values))
    }
  })

  it('may be larger than a page, and than what is passed to the kernel at once', async () => {
    const values = ['a', null, 'x'.repeat(300_000), '"'.repeat(70_000), null, 'y,'.repeat(4e5), 'b']
    expect(await textsIn(values)).toEqual(values)
  })

  it('may have about the size of a page', async () => {
    const next = sequence(5)
    const values = Array.from({ length: 12 }, (_, i) =>
      String(i).padEnd(256 * 1024 - 10 + next(12), '.'),
    )
    expect(await textsIn(values)).toEqual(values)
  })

  it('have no dictionary if too few of them repeat', async () => {
    const amounts = Array.from({ length: 18_000 }, (_, i) =>
      String(i >= 16_000 && i < 17_000 ? i - 16_000 : i),
    )
    const table: readonly ParquetColumn[] = [{ name: 'cost', type: 'decimal' }, exact]
    const groups = encoded(table, csvRecords(amounts.map((amount) => [amount])))
    expect(groups[0]?.group.chunks[0]?.dataOffset).toBe(0)
    const read = await readParquet(parquetFile(table, groups))
    expect(read.map(({ cost }) => String((cost as bigint) / 10n ** 18n))).toEqual(amounts)
  })

  it('may be decimals, dates and booleans', async () => {
    const rows = [...billRows(6_000)]
    const read = await readParquet(parquetFile(columns, encoded(columns, csvRecords(rows))))
    const firstDay = Date.UTC(2017, 2, 31) / 86_400_000
    const found = read.map(({ cost, date, flag }) => [
      typeof cost === 'bigint' ? cost : null,
      (date as number) - firstDay,
      flag,
    ])
    const expected = rows.map(([, cost, date, flag]) => [
      cost === null ? null : unscaled(cost as string),
      Number(date?.slice(8, 10)),
      flag === 'true',
    ])
    expect(found).toEqual(expected)
  })
})

/** A plain decimal × 10^18. */
function unscaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(18, '0'))
}
