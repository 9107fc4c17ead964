/** `npm run readers`: reads the view as others do, with their programs, and compares it with the archive. */
import { Command } from 'commander'
import { wholeFrom } from '../soak/report.ts'
import { type Group, runGroups } from '../soak/run-groups.ts'
import { byteFigures } from './bytes/figures.ts'
import { restatedFigures } from './bytes/restated.ts'
import { cellFigures } from './cells/figures.ts'
import { readFigures } from './reads/figures.ts'
import { speedFigures } from './speed/figures.ts'
import { totalFigures } from './totals/figures.ts'

interface ReaderOptions {
  readonly json: boolean
  readonly smoke: boolean
  readonly only?: string
  readonly rows: number
  readonly monthRows: number
  readonly refreshes: number
}

const options = new Command('npm run readers --')
  .description('Reads Parquet and CSV of the view with other programs, also while it is refreshed.')
  .option('--json', 'print only an array of {name, value, unit, goal, ok}', false)
  .option('--only <name>', 'only figures whose names begin with this')
  .option('--smoke', 'a short run', false)
  .option('--rows <number>', 'rows of a usage day whose cells are compared', wholeFrom(1), 400)
  .option(
    '--month-rows <number>',
    'rows of a month whose costs are asked for; a third of them in a restated day',
    wholeFrom(300),
    30_000,
  )
  .option('--refreshes <number>', 'refreshes of the view that is being read', wholeFrom(1), 200)
  .parse()
  .opts<ReaderOptions>()

/** With `--json`, progress goes to standard error. */
const say = (line: string): void => {
  const stream = options.json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}

const { smoke, only, json: isJson } = options
const rows = smoke ? 40 : options.rows
const monthRows = smoke ? 3_000 : options.monthRows
const refreshes = smoke ? 12 : options.refreshes

const groups: readonly Group[] = [
  {
    names: ['reader-cells-differing', 'reader-cells-readers'],
    run: () => cellFigures(rows, say),
  },
  {
    names: ['reader-totals-differing', 'reader-totals-rows'],
    run: () => totalFigures(Math.ceil(rows / 4), say),
  },
  {
    names: ['reads', 'reads-mixed', 'reads-failed'],
    run: () => readFigures(refreshes, say),
  },
  {
    names: ['parquet-time-vs-csv', 'parquet-time', 'parquet-time-csv'],
    run: () => speedFigures(monthRows, say),
  },
  {
    names: ['parquet-restated-share', 'parquet-restated-bytes'],
    run: () => restatedFigures(Math.ceil(monthRows / 3), say),
  },
  {
    names: ['bytes-differing', 'bytes-encodings', 'bytes-kills'],
    run: () => byteFigures(rows, say),
  },
]

await runGroups(groups, {
  program: import.meta.filename,
  only,
  isJson,
  flags: { rows, 'month-rows': monthRows, refreshes },
  say,
})
