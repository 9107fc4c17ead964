/**
 * Compares tools that convert a file into a file (DuckDB, Polars, Miller, jq, Python) with ours on the same
 * file.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetNamed } from '../shared/datasets/catalogue.ts'
import { columnsAt } from '../shared/datasets/columns-at.ts'
import { rowBuffers } from '../shared/rows/batch/row-buffers.ts'
import { jsonReader } from '../shared/rows/json/read-json.ts'
import { changedValues } from './changed-values.ts'
import { usageRows } from './data.ts'
import { atLeast, type Figure, median, shown } from './measure.ts'

/** A tool: turns the JSON array at `input` into the CSV at `output`. */
interface Tool {
  readonly name: string
  readonly goal: number
  readonly hasHeader: boolean
  /** The tool's version; null if it is not installed. */
  readonly find: () => Promise<string | null>
  readonly run: (input: string, output: string) => Promise<void>
}

const layout = columnsAt(datasetNamed('usagedetails'), 1).layout
const columns = layout.columns.map(({ name }) => name)
const READ_BYTES = 256 * 1024
const WARM_UPS = 5

function ours(input: string, output: string): void {
  const reader = jsonReader('list', layout, buffers)
  const [source, target] = [openSync(input, 'r'), openSync(output, 'w')]
  writeSync(target, layout.header)
  const chunk = Buffer.alloc(READ_BYTES)
  for (;;) {
    const bytes = readSync(source, chunk, 0, READ_BYTES, null)
    if (bytes === 0) break
    reader.push(chunk.subarray(0, bytes))
    const batch = reader.take()
    if (batch !== null) writeSync(target, batch.csv)
  }
  reader.end()
  const last = reader.take()
  if (last !== null) writeSync(target, last.csv)
  closeSync(source)
  closeSync(target)
}

const buffers = rowBuffers()

const PYTHON = `
import csv, json, sys
with open(sys.argv[1]) as f: rows = json.load(f)
with open(sys.argv[2], 'w', newline='') as f:
    out = csv.DictWriter(f, sys.argv[3].split(','), extrasaction='ignore')
    out.writeheader()
    out.writerows(rows)
`

const tools: readonly Tool[] = [
  {
    name: 'duckdb',
    goal: 4,
    hasHeader: true,
    find: async () => `DuckDB ${(await import('../tools/duckdb.ts')).version()}, 2 threads`,
    async run(input, output) {
      const { DuckDBInstance } = await import('../tools/duckdb.ts')
      const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
      const connection = await instance.connect()
      // Read as text, which keeps the digits.
      const types = columns.map((name) => `"${name}": 'VARCHAR'`).join(', ')
      await connection.run(
        `COPY (SELECT * FROM read_json('${input}', format = 'array', columns = {${types}}))
         TO '${output}' (FORMAT csv, HEADER)`,
      )
      connection.closeSync()
      instance.closeSync()
    },
  },
  {
    name: 'polars',
    goal: 0,
    hasHeader: true,
    async find() {
      const polars = await loadPolars()
      return polars === null ? null : `nodejs-polars ${polars.version}`
    },
    async run(input, output) {
      const polars = await loadPolars()
      polars?.readJSON(input, { format: 'json' }).writeCSV(output)
    },
  },
  command('miller', 25, ['mlr', '--version'], (input, output) => [
    'sh',
    '-c',
    'mlr --ijson --ocsv unsparsify "$1" > "$2"',
    'sh',
    input,
    output,
  ]),
  command('jq', 25, ['jq', '--version'], (input, output) => [
    'sh',
    '-c',
    `jq -r '.[] | [${columns.map((name) => `.${name}`).join(',')}] | @csv' "$1" > "$2"`,
    'sh',
    input,
    output,
  ]),
  command('python', 25, ['python3', '--version'], (input, output) => [
    'python3',
    '-c',
    PYTHON,
    input,
    output,
    columns.join(','),
  ]),
]

function command(
  name: string,
  goal: number,
  version: readonly [string, ...string[]],
  line: (input: string, output: string) => [string, ...string[]],
): Tool {
  return {
    name,
    goal,
    hasHeader: name !== 'jq',
    async find() {
      const { status, stdout } = spawnSync(version[0], version.slice(1), { encoding: 'utf8' })
      return status === 0 ? stdout.trim() : null
    },
    async run(input, output) {
      const [program, ...args] = line(input, output)
      const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
      if (status !== 0) throw new Error(`${name}: ${stderr}`)
    },
  }
}

interface Polars {
  readonly version: string
  readJSON(path: string, options: object): { writeCSV(path: string): void }
}

/** Not a dependency; install it with `npm install --no-save nodejs-polars`. */
async function loadPolars(): Promise<Polars | null> {
  const name = 'nodejs-polars'
  try {
    return ((await import(name)) as { default: Polars }).default
  } catch {
    return null // not installed, or without a binary for this machine
  }
}

/** Wall time of each tool ÷ ours, on a file of `rows` rows. */
export async function toolFigures(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-bench-'))
  const [input, output] = [join(folder, 'rows.json'), join(folder, 'rows.csv')]
  const text = Buffer.from(`[${usageRows(0, rows).join(',\n')}]`)
  await writeFile(input, text)
  say(`From file to file: ${rows} rows, ${(text.length / 2 ** 20).toFixed(1)} MiB`)
  const figures: Figure[] = []
  // Warm up, because a host runs for a long time.
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) ours(input, output)
  for (const tool of tools) {
    const version = await tool.find()
    say(`  ${tool.name}: ${version ?? 'not installed'}`)
    if (version === null) {
      figures.push(figureOf(tool, null))
      continue
    }
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const mine = await timed(async () => ours(input, output))
      const theirs = await timed(() => tool.run(input, output))
      ratios.push(theirs / mine)
    }
    figures.push(figureOf(tool, median(ratios)))
    const changed = await changedBy(tool, output, text)
    figures.push(shown(`changed-values-${tool.name}`, changed, 'values'))
  }
  await rm(folder, { recursive: true, force: true })
  return figures
}

function figureOf({ name, goal }: Tool, value: number | null): Figure {
  const figure = `csv-wall-vs-${name}`
  return goal === 0 ? shown(figure, value, 'times') : atLeast(figure, value, goal)
}

/** Number of values that the tool changed; null if its output can't be compared line by line. */
async function changedBy(tool: Tool, output: string, text: Buffer): Promise<number | null> {
  const page = Buffer.concat([Buffer.from('{"data":'), text, Buffer.from('}')])
  try {
    const csv = await readFile(output)
    return changedValues([page], csv, tool.hasHeader ? 'header' : columns)
  } catch {
    return null // not CSV with the same columns and rows
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
