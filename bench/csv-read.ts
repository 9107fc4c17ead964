/** Compares reading Cost Details reports with csv-parse in memory, and with DuckDB from file to file. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { rowBuffers } from '../shared/rows/batch/row-buffers.ts'
import { csvReader } from '../shared/rows/csv/read-csv.ts'
import { HEADER, layout, names, ours, records, report } from './cost-details.ts'
import {
  atLeast,
  exactly,
  type Figure,
  interleaved,
  median,
  shown,
  type Timing,
} from './measure.ts'

const REPORT_ROWS = 1_000
/** Number of rows whose values are all compared. */
const CHECKED_ROWS = 5_000
const READ_BYTES = 256 * 1024
const WARM_UPS = 3

const buffers = rowBuffers()

/** In memory, one thread, and from file to file. */
export async function csvReadFigures(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  return [
    ...inMemory(rows, rounds, say),
    ...(await fromFileToFile(rows, rounds, say)),
    exactly('csv-read-changed', changedByUs(), 0, 'values'),
  ]
}

function inMemory(rows: number, rounds: number, say: (line: string) => void): Figure[] {
  const reports: Buffer[] = []
  for (let from = 0; from < rows; from += REPORT_ROWS) {
    reports.push(report(from, Math.min(REPORT_ROWS, rows - from)))
  }
  const bytes = reports.reduce((sum, { length }) => sum + length, 0)
  say(
    `CSV to rows: ${rows} rows, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${rounds} rounds interleaved`,
  )
  const timings = interleaved(
    new Map([
      ['ours', () => reports.forEach(readByUs)],
      ['csv-parse', () => reports.forEach(readByCsvParse)],
    ]),
    rounds,
  )
  const mine = timings.get('ours') as Timing
  const theirs = timings.get('csv-parse') as Timing
  return [
    atLeast('csv-read-cpu-vs-csv-parse', theirs.cpuMs / mine.cpuMs, 10),
    shown('csv-read-throughput', bytes / 2 ** 20 / (mine.wallMs / 1_000), 'MiB/s'),
    shown('csv-read-rows', rows / (mine.wallMs / 1_000), 'rows/s'),
  ]
}

/** Rows as JSON lines and as CSV. */
function readByUs(body: Buffer): { lines: Uint8Array; csv: Uint8Array } {
  const reader = csvReader(layout, buffers)
  reader.push(body)
  reader.end()
  const batch = reader.take()
  if (batch === null) throw new Error('no rows')
  return batch
}

/** The same with the usual libraries; every value is a string. */
function readByCsvParse(body: Buffer): { lines: Buffer; csv: Buffer } {
  const rows = parse(body, { bom: true, columns: (found: string[]) => found.map(ours) }) as Row[]
  return {
    lines: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    csv: Buffer.from(stringify(rows, { record_delimiter: 'windows' })),
  }
}

type Row = Record<string, string>

async function fromFileToFile(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-bench-'))
  const [input, output] = [join(folder, 'rows.csv'), join(folder, 'rows.json')]
  await writeFile(input, `\ufeff${HEADER}\r\n`)
  for (let from = 0; from < rows; from += REPORT_ROWS) {
    await writeFile(input, records(from, Math.min(REPORT_ROWS, rows - from)), { flag: 'a' })
  }
  const { version } = await import('../tools/duckdb.ts')
  say(`CSV file to JSON file: ${rows} rows; DuckDB ${version()} with 2 threads`)
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) convertByUs(input, output)
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const mine = await timed(async () => convertByUs(input, output))
    const theirs = await timed(() => convertByDuckDb(input, output))
    say(`  ours ${mine.toFixed(0)} ms, DuckDB ${theirs.toFixed(0)} ms`)
    ratios.push(theirs / mine)
  }
  const changed = countChanged(await readFile(input), await readFile(output), (name) => name)
  await rm(folder, { recursive: true, force: true })
  return [
    atLeast('csv-read-wall-vs-duckdb', median(ratios), 3),
    shown('csv-read-changed-duckdb', changed, 'values'),
  ]
}

function convertByUs(input: string, output: string): void {
  const reader = csvReader(layout, buffers)
  const [source, target] = [openSync(input, 'r'), openSync(output, 'w')]
  const chunk = Buffer.alloc(READ_BYTES)
  const write = (): void => {
    const batch = reader.take()
    if (batch !== null) writeSync(target, batch.lines)
  }
  for (;;) {
    const bytes = readSync(source, chunk, 0, READ_BYTES, null)
    if (bytes === 0) break
    reader.push(chunk.subarray(0, bytes))
    write()
  }
  reader.end()
  write()
  closeSync(source)
  closeSync(target)
}

async function convertByDuckDb(input: string, output: string): Promise<void> {
  const { DuckDBInstance } = await import('../tools/duckdb.ts')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  // Read as text, which keeps the digits.
  await connection.run(
    `COPY (SELECT * FROM read_csv('${input}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"'))
     TO '${output}' (FORMAT json)`,
  )
  connection.closeSync()
  instance.closeSync()
}

function changedByUs(): number {
  const body = report(0, CHECKED_ROWS)
  const { lines, csv } = readByUs(body)
  const fromLines = countChanged(body, Buffer.from(lines), ours)
  const asCsv = Buffer.concat([layout.header, csv])
  const found = parse(asCsv, { columns: true }) as Row[]
  return fromLines + countOther(rowsOf(body), found, ours)
}

/** Counts the values of a report that differ in JSON lines. Numbers are compared by text; both parsers are independent. */
function countChanged(body: Buffer, lines: Buffer, keyOf: (name: string) => string): number {
  type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown
  const parseJson = JSON.parse as (text: string, reviver: Reviver) => unknown
  const found = lines
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) =>
      parseJson(line, (_key, value, context) =>
        typeof value === 'number' ? (context?.source ?? '') : value,
      ),
    )
  return countOther(rowsOf(body), found as Row[], keyOf)
}

function rowsOf(body: Buffer): Row[] {
  return parse(body, { bom: true, columns: true }) as Row[]
}

/** Counts differing values; null equals an empty field. */
function countOther(
  rows: readonly Row[],
  found: readonly Readonly<Record<string, string | null>>[],
  keyOf: (name: string) => string,
): number {
  let changed = Math.abs(rows.length - found.length)
  rows.forEach((row, i) => {
    for (const name of names) if ((found[i]?.[keyOf(name)] || '') !== row[name]) changed++
  })
  return changed
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
