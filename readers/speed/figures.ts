/** "Cost by service for 12 months" in DuckDB: Parquet against CSV of the same rows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageRows } from '../../bench/data.ts'
import { atMost, type Figure, median, shown } from '../../bench/measure.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { encoded } from '../../testing/parquet/encoded.ts'
import { parquetFile } from '../../testing/parquet/parquet-file.ts'
import { DuckDBInstance } from '../../tools/duckdb.ts'

const MONTHS = 12
const DAYS = 30
const ROUNDS = 5
/** From so many rows of a month on, the ratio has a goal. */
const GOAL_ROWS = 30_000

const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)

export async function speedFigures(
  rowsPerMonth: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-speed-'))
  for (let month = 0; month < MONTHS; month++) {
    // A day is a row group, as in the view.
    const perDay = Math.ceil(rowsPerMonth / DAYS)
    const days = Array.from({ length: DAYS }, (_, day) =>
      csvOf((month * DAYS + day) * perDay, perDay),
    )
    const groups = days.flatMap((csv) => encoded(columns, csv))
    await writeFile(join(folder, `${month}.parquet`), parquetFile(columns, groups))
    await writeFile(join(folder, `${month}.csv`), Buffer.concat([at.layout.header, ...days]))
  }
  say(`${MONTHS} months of ${rowsPerMonth} rows written`)
  const parquet = `SELECT meterCategory, sum(cost) FROM read_parquet('${folder}/*.parquet') GROUP BY 1 ORDER BY 1`
  const csv = `SELECT meterCategory, sum(cost::DECIMAL(38,18))
    FROM read_csv('${folder}/*.csv', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')
    GROUP BY 1 ORDER BY 1`
  const timings: Record<'parquet' | 'csv', number[]> = { parquet: [], csv: [] }
  const answers = new Set<string>()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [format, sql] of [
      ['parquet', parquet],
      ['csv', csv],
    ] as const) {
      const from = performance.now()
      const rows = (await connection.runAndReadAll(sql)).getRowsJson() as [string, string][]
      const ms = performance.now() - from
      if (round > 0) timings[format].push(ms)
      // Halves are rounded to even in the file, and away from zero by DuckDB.
      answers.add(JSON.stringify(rows.map(([service, cost]) => [service, Number(cost).toFixed(9)])))
    }
  }
  connection.closeSync()
  instance.closeSync()
  await rm(folder, { recursive: true, force: true })
  if (answers.size !== 1) throw new Error(`the answers differ: ${[...answers].join('\n')}`)
  const [ours, theirs] = [median(timings.parquet), median(timings.csv)]
  return [
    // Small files take as long to open as to read.
    rowsPerMonth < GOAL_ROWS
      ? shown('parquet-time-vs-csv', ours / theirs, 'times')
      : atMost('parquet-time-vs-csv', ours / theirs, 0.03),
    shown('parquet-time', ours, 'ms'),
    shown('parquet-time-csv', theirs, 'ms'),
  ]
}

function csvOf(from: number, count: number): Buffer {
  const reader = jsonReader('list', at.layout)
  reader.push(Buffer.from(`[${usageRows(from, count).join(',')}]`))
  reader.end()
  return Buffer.from(reader.take()?.csv ?? [])
}
