/** `npm run conformance`: measures what docs/http-api.md promises on an archive served over HTTP. */
import { Command } from 'commander'
import type { Figure } from '../bench/measure.ts'
import { wholeFrom } from '../soak/report.ts'
import { runGroups } from '../soak/run-groups.ts'
import { accessFigures } from './access/figures.ts'
import { amplificationFigures } from './amplification.ts'
import { oldClientFigures } from './clients/figures.ts'
import { codeFigures } from './codes.ts'
import { cliStartFigures, installFigures } from './first-minute.ts'
import { generatedClientFigures } from './generated/figures.ts'
import { hostFigures } from './host/figures.ts'
import { hostileFigures } from './hostile/figures.ts'
import { loadFigures } from './load/figures.ts'
import { pageDigitFigures } from './page-digits.ts'
import { pagingFigures } from './paging.ts'
import { realClientFigures } from './real-clients/figures.ts'
import { selfArchiveFigures } from './self-archive.ts'
import { startFigures } from './start/figures.ts'
import { scriptFigures } from './synapse/figures.ts'
import { telemetryFigures } from './telemetry.ts'
import { terminalFigures } from './terminal/figures.ts'
import { wholeAnswerFigures } from './whole-answers.ts'

interface ConformanceOptions {
  readonly json: boolean
  readonly only?: string
  readonly requests: number
  readonly seconds: number
  readonly rows: number
  readonly seed: number
}

const options = new Command('npm run conformance --')
  .description('Measures access, hostile requests, old clients, paging and load.')
  .option('--json', 'print only an array of {name, value, unit, goal, ok}', false)
  .option('--only <name>', 'only figures whose names begin with this')
  .option('--requests <number>', 'hostile requests', wholeFrom(1), 10_000)
  .option('--seconds <number>', 'duration of the memory measurement under load', wholeFrom(1), 60)
  .option('--rows <number>', 'number of rows of the large month', wholeFrom(1_000), 1_000_000)
  .option('--seed <number>', 'random seed of the hostile requests', wholeFrom(0), 1)
  .parse()
  .opts<ConformanceOptions>()

const say = (line: string): void => {
  const stream = options.json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}

const { requests, seconds, rows, seed } = options
const groups: readonly { names: readonly string[]; run: () => Promise<Figure[]> }[] = [
  { names: ['access-cases', 'access-wrong'], run: () => accessFigures(say) },
  { names: ['hostile', 'hostile-wrong'], run: () => hostileFigures(requests, seed, say) },
  { names: ['old-clients-differing'], run: () => oldClientFigures(say) },
  { names: ['real-clients', 'real-clients-wrong'], run: () => realClientFigures(say) },
  { names: ['generated-clients-wrong'], run: () => generatedClientFigures(say) },
  { names: ['scripts-unparsed'], run: () => scriptFigures(say) },
  { names: ['host-differing'], run: () => hostFigures(say) },
  { names: ['terminal-cases', 'terminal-wrong'], run: () => terminalFigures(say) },
  { names: ['start-faults', 'start-faults-wrong'], run: () => startFigures(say) },
  { names: ['cli-start-ms-vs-node'], run: cliStartFigures },
  { names: ['install-mib'], run: installFigures },
  { names: ['codes-without-advice'], run: () => codeFigures(say) },
  { names: ['telemetry-items-idle'], run: () => telemetryFigures(say) },
  { names: ['page-bytes-lost'], run: () => pageDigitFigures(say) },
  { names: ['whole-answer'], run: () => wholeAnswerFigures(say) },
  { names: ['paging-wrong'], run: () => pagingFigures(say) },
  { names: ['self-archive-differing'], run: () => selfArchiveFigures(say) },
  { names: ['page-read-amplification'], run: () => amplificationFigures(rows, say) },
  {
    names: ['load-304-vs-bare', 'load-page-vs-bare', 'load-rss-growth'],
    run: () => loadFigures(rows, seconds, say),
  },
]

await runGroups(groups, {
  program: import.meta.filename,
  only: options.only,
  isJson: options.json,
  flags: { requests, seconds, rows, seed },
  say,
})
