/** Our Parquet files in DuckDB. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowText, usageRow } from '../../local/simulator/rows.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import type { EncodedGroup } from '../../shared/outputs/parquet/row-group-encoder.ts'
import { difference } from '../../shared/rows/decimal/decimal-text.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { NumberText, parseExactly, sumNumbers } from '../../testing/oracles/json-oracle.ts'
import { type Cell, cellsOf } from '../../testing/oracles/parquet-oracle.ts'
import { encoded } from '../../testing/parquet/encoded.ts'
import { grownFile, parquetFile } from '../../testing/parquet/parquet-file.ts'
import { DuckDBInstance } from '../../tools/duckdb.ts'

type Connection = Awaited<ReturnType<DuckDBInstance['connect']>>

const ROWS_A_DAY = 1_000
const DAYS = ['2017-04-01', '2017-04-02', '2017-04-03']
const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)

let folder: string
let instance: DuckDBInstance
let connection: Connection

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'))
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterAll(async () => {
  connection?.closeSync()
  instance?.closeSync()
  await rm(folder, { recursive: true, force: true })
})

/** The texts of a day's rows. */
function rowsOf(date: string, revision = 0): string[] {
  return Array.from({ length: ROWS_A_DAY }, (_, index) => {
    const key = { seed: 3, enrollment: '100', date, index, revision }
    return rowText(usageRow({ ...key, withNewField: false }), 'v3')
  })
}

function groupsOf(rows: readonly string[]): EncodedGroup[] {
  const reader = jsonReader('list', at.layout)
  reader.push(Buffer.from(`[${rows.join(',')}]`))
  reader.end()
  return encoded(columns, reader.take()?.csv ?? Buffer.alloc(0))
}

async function stored(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

async function query(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][]
}

const parsed = (row: string): Record<string, unknown> =>
  parseExactly(row) as Record<string, unknown>

/** The cells as DuckDB's texts. */
function textsOf(row: string): (string | null)[] {
  const cells = cellsOf(parsed(row), columns.slice(0, -1))
  return columns.map(({ name, type }) => textOf(cells[name] ?? null, type))
}

function textOf(cell: Cell, type: string): string | null {
  if (cell === null) return null
  if (type === 'date') return new Date((cell as number) * 86_400_000).toISOString().slice(0, 10)
  if (typeof cell !== 'bigint') return String(cell)
  const digits = (cell < 0n ? -cell : cell).toString().padStart(19, '0')
  return `${cell < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`
}

describe('DuckDB', () => {
  const days = DAYS.map((date) => rowsOf(date))
  const rows = days.flat()
  const file = parquetFile(columns, days.flatMap(groupsOf))
  let path: string
  beforeAll(async () => {
    path = await stored('data.parquet', file)
  })

  it('sees the types', async () => {
    const found = await query(`SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`)
    const types = {
      text: 'VARCHAR',
      exact: 'VARCHAR',
      decimal: 'DECIMAL(38,18)',
      date: 'DATE',
      boolean: 'BOOLEAN',
    }
    expect(found).toEqual(columns.map(({ name, type }) => [name, types[type]]))
  })

  it('reads every cell of the JSON rows', async () => {
    const found = await query(`SELECT COLUMNS(*)::VARCHAR FROM '${path}'`)
    expect(JSON.stringify(found)).toBe(JSON.stringify(rows.map(textsOf)))
  })

  it('computes exact sums, with the values in exact', async () => {
    for (const name of ['cost', 'consumedQuantity']) {
      const [[sum]] = (await query(
        `WITH amounts AS (SELECT ${name}, json_extract_string(exact, '$.${name}') AS text FROM '${path}')
         SELECT (sum(${name}) FILTER (WHERE text IS NULL))::DECIMAL(38,24)
              + sum(text::DECIMAL(38,24)) FROM amounts`,
      )) as [[string]]
      const values = rows.map((row) => parsed(row)[name])
      expect(difference(sum, sumNumbers(values))).toBe('0')
    }
  })

  it('finds all rows when it skips row groups by their statistics', async () => {
    const statistics = await query(
      `SELECT count(*) FROM parquet_metadata('${path}')
       WHERE path_in_schema = 'cost' AND stats_min_value::DECIMAL(38,18) < 0 AND stats_max_value::DECIMAL(38,18) > 0`,
    )
    expect(statistics).toEqual([['3']])
    const cells = rows.map((row) => cellsOf(parsed(row), columns.slice(0, -1)))
    const count = (isWanted: (cell: Record<string, Cell>) => boolean): string[][] => [
      [String(cells.filter(isWanted).length)],
    ]
    const ask = (where: string): Promise<unknown[][]> =>
      query(`SELECT count(*) FROM '${path}' WHERE ${where}`)
    const amount = (cell: Cell | undefined): bigint => (cell as bigint | null) ?? 0n
    expect(await ask('cost < 0')).toEqual(count(({ cost }) => amount(cost) < 0n))
    expect(await ask('cost > 500000')).toEqual(
      count(({ cost }) => amount(cost) > 500_000n * 10n ** 18n),
    )
    expect(await ask("date = '2017-04-02'")).toEqual([[String(ROWS_A_DAY)]])
    expect(await ask("accountName >= 'データ'")).toEqual(
      count(({ accountName }) => String(accountName) >= 'データ'),
    )
  })

  it('reads a file that was extended', async () => {
    const restated = rowsOf('2017-04-02', 1)
    const grown = await stored('grown.parquet', grownFile(file, 1, groupsOf(restated)))
    const found = await query(`SELECT COLUMNS(*)::VARCHAR FROM '${grown}'`)
    const expected = [...(days[0] ?? []), ...restated, ...(days[2] ?? [])].map(textsOf)
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected))
    expect(restated).not.toEqual(days[1])
  })

  it('reads amounts that DECIMAL(38,18) cannot represent', async () => {
    const cost = '-123456789012345678901.000000000000000000000001'
    const [row = ''] = rows
    const odd = row.replace(/"cost":[^,]+/, `"cost":${cost}`)
    expect(parsed(odd)['cost']).toEqual(new NumberText(cost))
    const other = await stored('odd.parquet', parquetFile(columns, groupsOf([odd])))
    const found = await query(`SELECT cost, json_extract_string(exact, '$.cost') FROM '${other}'`)
    expect(found).toEqual([[null, cost]])
    const notes = await query(
      `SELECT decode(value) FROM parquet_kv_metadata('${other}') WHERE decode(key) = 'inexact'`,
    )
    expect(notes[0]?.[0]).toMatch(/^\{"cost":1[,}]/)
  })
})
