/** `npm run bench`: compares Billing Archive with its alternatives in one run. */
import { Command, InvalidArgumentError } from 'commander'
import { csvFigures } from './csv.ts'
import { csvReadFigures } from './csv-read.ts'
import { linearityFigures } from './linearity.ts'
import type { Figure } from './measure.ts'
import { parquetFigures } from './parquet.ts'
import { toolFigures } from './tools.ts'
import { endToEndFigures } from './worker/end-to-end.ts'
import { memoryFigures } from './worker/memory.ts'
import { parquetAddedFigures } from './worker/parquet-added.ts'
import { refreshFigures } from './worker/refresh.ts'
import { byDayFigures, scaleOutFigures } from './worker/scaling.ts'

interface BenchOptions {
  readonly json: boolean
  readonly smoke: boolean
  readonly rows: number
  readonly only?: string
}

/** Figures that are measured together. */
interface Group {
  /** Prefix of its figures' names. */
  readonly names: readonly string[]
  /** Skipped in a smoke run: it takes long and needs full size to mean anything. */
  readonly inSmoke: boolean
  readonly measure: () => Figure[] | Promise<Figure[]>
}

function rowCount(text: string): number {
  const rows = Number(text)
  if (!Number.isInteger(rows) || rows < 1_000) {
    throw new InvalidArgumentError('Expected a whole number, at least 1000.')
  }
  return rows
}

const options = new Command('npm run bench --')
  .description(
    'Measures ratios to alternatives on the same bytes. Fails only if values differ, never on timing.',
  )
  .option('--json', 'print only an array of {name, value, unit, goal, ok}', false)
  .option('--smoke', 'a short run, for CI', false)
  .option('--rows <number>', 'number of rows', rowCount, 100_000)
  .option('--only <name>', 'only figures whose names begin with this')
  .parse()
  .opts<BenchOptions>()

const { smoke, only } = options
/** With `--json`, progress goes to standard error. */
const say = (line: string): void => {
  const stream = options.json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}
const rows = smoke ? 5_000 : options.rows

const groups: readonly Group[] = [
  {
    names: ['csv-cpu', 'csv-vs', 'changed-values', 'csv-throughput', 'csv-rows'],
    inSmoke: true,
    measure: () => csvFigures(rows, smoke ? 1 : 7, say),
  },
  {
    names: ['csv-wall', 'changed-values'],
    inSmoke: true,
    measure: () => toolFigures(Math.ceil(rows / 5), smoke ? 1 : 3, say),
  },
  {
    names: ['csv-read'],
    inSmoke: true,
    measure: () => csvReadFigures(rows, smoke ? 1 : 5, say),
  },
  {
    names: ['parquet'],
    inSmoke: true,
    measure: () => parquetFigures(rows, smoke ? 1 : 5, say),
  },
  {
    names: ['parquet-added'],
    inSmoke: false,
    measure: () => parquetAddedFigures(rows * 3, 3, say),
  },
  { names: ['linearity'], inSmoke: false, measure: () => linearityFigures(rows, say) },
  {
    names: ['unchanged', 'restated'],
    inSmoke: true,
    measure: () => refreshFigures(smoke ? 10 : 300, say),
  },
  {
    names: ['end-to-end', 'stage'],
    inSmoke: false,
    measure: () => endToEndFigures(Math.max(1, Math.round((rows * 1.86) / 31_000)), 3, say),
  },
  { names: ['by-day'], inSmoke: false, measure: () => byDayFigures(say) },
  { names: ['scale-out'], inSmoke: false, measure: () => scaleOutFigures(say) },
  {
    names: ['rss', 'peak-rss'],
    inSmoke: false,
    measure: () => memoryFigures([rows, rows * 10], say),
  },
]

const isWanted = (name: string): boolean => only === undefined || name.startsWith(only)
const mayHold = ({ names }: Group): boolean =>
  only === undefined || names.some((name) => name.startsWith(only) || only.startsWith(name))

const figures: Figure[] = []
for (const group of groups) {
  if (!mayHold(group) || (smoke && !group.inSmoke)) continue
  figures.push(...(await group.measure()).filter((figure) => isWanted(figure.name)))
}

if (options.json) {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} else {
  const width = Math.max(0, ...figures.map((figure) => figure.name.length))
  const line = ({ name, value, unit, goal, ok }: Figure): string =>
    `${name.padEnd(width)}  ${String(value ?? 'absent').padStart(10)} ${unit.padEnd(8)} ${goal.padEnd(8)} ${ok ? 'ok' : 'short'}`
  say(`\n${figures.map(line).join('\n')}`)
}

/** Figures that do not depend on the machine, so their goals apply everywhere. */
const EXACT = [
  'changed-values',
  'csv-read-changed',
  'parquet-cells-differing',
  'parquet-cells-differing-hyparquet',
  'parquet-cells-differing-parquet-wasm',
  'unchanged-blobs',
  'scale-out-sealed-wrongly',
]
if (figures.some((figure) => EXACT.includes(figure.name) && !figure.ok)) process.exitCode = 1
