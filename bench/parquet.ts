/** CSV of usage details to Parquet, file to file: ours against DuckDB with one thread. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { columnsAt } from '../shared/datasets/columns-at.ts'
import { usageDetails } from '../shared/datasets/usage-details.ts'
import { parquetColumns } from '../shared/outputs/parquet/columns.ts'
import { encoderKernel } from '../shared/outputs/parquet/encoder-kernel.ts'
import { footer } from '../shared/outputs/parquet/footer.ts'
import { MAGIC } from '../shared/outputs/parquet/parquet-codes.ts'
import { groupBytes, movedBy, type RowGroup } from '../shared/outputs/parquet/row-group.ts'
import { type EncodedGroup, rowGroupEncoder } from '../shared/outputs/parquet/row-group-encoder.ts'
import { jsonReader } from '../shared/rows/json/read-json.ts'
import { usageRows } from './data.ts'
import { atLeast, atMost, exactly, type Figure, median, shown } from './measure.ts'
import { inMemoryFigures } from './parquet-in-memory.ts'

const PAGE_ROWS = 1_000
const READ_BYTES = 256 * 1024
const IN_MEMORY_ROWS = 20_000

const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)
const kernel = encoderKernel()

interface Files {
  readonly csv: string
  readonly ours: string
  readonly theirs: string
}

/** CPU and size of the files, and how many cells differ between them. */
export async function parquetFigures(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-bench-'))
  const file = (name: string): string => join(folder, name)
  const files = { csv: file('rows.csv'), ours: file('o.parquet'), theirs: file('d.parquet') }
  await writeCsv(files.csv, rows)
  const { version } = await import('../tools/duckdb.ts')
  say(`CSV file to Parquet file: ${rows} rows; DuckDB ${version()} with 1 thread`)
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const mine = await cpuMs(async () => convertByUs(files))
    const other = await cpuMs(() => convertByDuckDb(files))
    if (round === 0) continue // not counted: code is still being compiled
    say(`  ours ${mine.toFixed(0)} ms of CPU, DuckDB ${other.toFixed(0)} ms`)
    ours.push(mine)
    theirs.push(other)
  }
  const csvBytes = (await stat(files.csv)).size
  const oursBytes = (await stat(files.ours)).size
  const differing = await cellsDiffering(files)
  const csv = csvOf(0, Math.min(rows, IN_MEMORY_ROWS))
  say(`CSV to Parquet in memory: at most ${IN_MEMORY_ROWS} rows; hyparquet-writer`)
  const inMemory = await inMemoryFigures(csv, columns, encode, rounds)
  const rewritten = file('rewritten.parquet')
  await ask(`COPY (FROM '${files.ours}') TO '${rewritten}' ${DUCKDB_FORMAT}`)
  const rewrittenBytes = (await stat(rewritten)).size
  await rm(folder, { recursive: true, force: true })
  return [
    atLeast('parquet-cpu-vs-duckdb', median(theirs) / median(ours), 4),
    shown('parquet-cpu', (median(ours) * 1_000) / rows, 's/M rows'),
    atMost('parquet-size-vs-csv', oursBytes / csvBytes, 0.17),
    // Of the same columns: `exact` is not in what DuckDB made of the CSV.
    atMost('parquet-size-vs-duckdb', oursBytes / rewrittenBytes, 1.03),
    exactly('parquet-cells-differing', differing, 0, 'cells'),
    ...inMemory,
  ]
}

async function writeCsv(path: string, rows: number): Promise<void> {
  await writeFile(path, at.layout.header)
  for (let from = 0; from < rows; from += PAGE_ROWS) {
    await writeFile(path, csvOf(from, Math.min(PAGE_ROWS, rows - from)), { flag: 'a' })
  }
}

function csvOf(from: number, count: number): Buffer {
  const reader = jsonReader('list', at.layout)
  reader.push(Buffer.from(`[${usageRows(from, count).join(',')}]`))
  reader.end()
  return Buffer.from(reader.take()?.csv ?? [])
}

function encode(csv: Buffer): EncodedGroup[] {
  const encoder = rowGroupEncoder(kernel, columns)
  const groups = encoder.add(csv)
  const last = encoder.endGroup()
  return last === null ? groups : [...groups, last]
}

function convertByUs({ csv, ours }: Files): void {
  const [source, target] = [openSync(csv, 'r'), openSync(ours, 'w')]
  const encoder = rowGroupEncoder(kernel, columns)
  const groups: RowGroup[] = []
  let offset = MAGIC.length
  const write = ({ pages, group }: EncodedGroup): void => {
    for (const page of pages) writeSync(target, page)
    groups.push(movedBy(group, offset))
    offset += groupBytes(group)
  }
  writeSync(target, MAGIC)
  const chunk = Buffer.alloc(READ_BYTES)
  for (let position = at.layout.header.length; ; ) {
    const bytes = readSync(source, chunk, 0, READ_BYTES, position)
    if (bytes === 0) break
    position += bytes
    encoder.add(chunk.subarray(0, bytes)).forEach(write)
  }
  const last = encoder.endGroup()
  if (last !== null) write(last)
  writeSync(target, footer({ columns, groups, notes: new Map() }))
  closeSync(source)
  closeSync(target)
}

const DUCKDB_FORMAT = '(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 65536)'

const SQL_TYPES = { decimal: 'DECIMAL(38,18)', date: 'DATE', boolean: 'BOOLEAN' } as const

/** The same as one would write it: everything is read as text, and cast to the same types. */
async function convertByDuckDb({ csv, theirs }: Files): Promise<void> {
  const cells = columns
    .slice(0, -1)
    .map(({ name, type }) =>
      type === 'text' || type === 'exact'
        ? `"${name}"`
        : `CAST(${type === 'date' ? `left("${name}", 10)` : `"${name}"`} AS ${SQL_TYPES[type]}) AS "${name}"`,
    )
  await ask(
    `COPY (SELECT ${cells.join(', ')} FROM read_csv('${csv}', all_varchar = true, header = true,
       delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false))
     TO '${theirs}' ${DUCKDB_FORMAT}`,
  )
}

/** Row by row; DuckDB rounds halves away from zero, so amounts may differ by one in the last place. */
async function cellsDiffering({ ours, theirs }: Files): Promise<number> {
  const cells = columns
    .slice(0, -1)
    .map(({ name, type }) =>
      type === 'decimal'
        ? `(coalesce(abs(o."${name}" - d."${name}") > 1e-18::DECIMAL(38,18), o."${name}" IS DISTINCT FROM d."${name}"))::INT`
        : `(o."${name}" IS DISTINCT FROM d."${name}")::INT`,
    )
  const [[count] = [0]] = await ask(
    `SELECT coalesce(sum(${cells.join(' + ')}), 0) FROM '${ours}' o POSITIONAL JOIN '${theirs}' d`,
  )
  return Number(count)
}

async function ask(sql: string): Promise<unknown[][]> {
  const { DuckDBInstance } = await import('../tools/duckdb.ts')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const answer = await connection.runAndReadAll(sql)
  const rows = answer.getRowsJson() as unknown[][]
  connection.closeSync()
  instance.closeSync()
  return rows
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
