/** `npm run bench`: ours and what would be used instead, side by side in one run. */
import { Command, InvalidArgumentError } from 'commander'
import { csvFigures } from './csv.ts'
import type { Figure } from './measure.ts'

interface BenchOptions {
  readonly json: boolean
  readonly smoke: boolean
  readonly rows: number
  readonly only?: string
}

function rowCount(text: string): number {
  const rows = Number(text)
  if (!Number.isInteger(rows) || rows < 1)
    throw new InvalidArgumentError('Expected a whole number.')
  return rows
}

const options = new Command('npm run bench --')
  .description(
    'Measures ratios against peers on the same bytes. Fails only where values differ, never on timing.',
  )
  .option('--json', 'print an array of {name, value, unit, goal, ok} and nothing else', false)
  .option('--smoke', 'a short run, for CI', false)
  .option('--rows <number>', 'rows to measure with', rowCount, 100_000)
  .option('--only <name>', 'only the figures whose names begin so')
  .parse()
  .opts<BenchOptions>()

const say = (line: string): void => {
  if (!options.json) process.stdout.write(`${line}\n`)
}
const rows = options.smoke ? 5_000 : options.rows
const figures = csvFigures(rows, options.smoke ? 1 : 7, say).filter(
  (figure) => options.only === undefined || figure.name.startsWith(options.only),
)

if (options.json) {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} else {
  const width = Math.max(...figures.map((figure) => figure.name.length))
  const line = ({ name, value, unit, goal, ok }: Figure): string =>
    `${name.padEnd(width)}  ${String(value ?? 'absent').padStart(10)} ${unit.padEnd(8)} ${goal.padEnd(8)} ${ok ? 'ok' : 'short'}`
  say(`\n${figures.map(line).join('\n')}`)
}
if (figures.some((figure) => figure.name === 'changed-values' && !figure.ok)) process.exitCode = 1
