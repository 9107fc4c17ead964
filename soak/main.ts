/** `npm run soak`: the long runs behind docs/reliability.md. */
import { Command } from 'commander'
import { runSchedule } from '../testing/simulation/schedule.ts'
import { continuousFigures } from './continuous/figures.ts'
import { corruptionFigures } from './corruptions/figures.ts'
import { faultFigures } from './faults/figures.ts'
import { killFigures } from './kills/figures.ts'
import { payloadFigures } from './payloads/figures.ts'
import { raceFigures } from './races/figures.ts'
import { wholeFrom } from './report.ts'
import { type Group, runGroups } from './run-groups.ts'
import { scheduleFigures } from './schedules.ts'
import { testSecondsFigures } from './test-seconds/figures.ts'
import { upgradeFigures } from './upgrades/figures.ts'

interface SoakOptions {
  readonly json: boolean
  readonly only?: string
  readonly seed?: number
  readonly schedules: number
  readonly corruptions: number
  readonly every: number
  readonly seconds: number
}

/** A third of each kind. */
const RACES = 60

const options = new Command('npm run soak --')
  .description('Measures faults, kills, races, corruptions and simulated schedules.')
  .option('--json', 'print only an array of {name, value, unit, goal, ok}', false)
  .option('--only <name>', 'only figures whose names begin with this')
  .option('--schedules <number>', 'number of schedules', wholeFrom(1), 200_000)
  .option('--corruptions <number>', 'number of corruptions', wholeFrom(1), 5_000)
  .option('--every <number>', 'kill at every nth place of a run', wholeFrom(1), 2)
  .option('--seconds <number>', 'duration of continuous archiving', wholeFrom(1), 300)
  .option('--seed <number>', 'only show the steps of one schedule', wholeFrom(0))
  .parse()
  .opts<SoakOptions>()

/** With `--json`, progress goes to standard error. */
const say = (line: string): void => {
  const stream = options.json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}

const groups: readonly Group[] = [
  {
    names: ['fault-cases', 'fault-wrong'],
    run: () => faultFigures(say),
  },
  {
    names: ['payloads', 'payloads-wrong'],
    run: () => payloadFigures(say),
  },
  {
    names: ['kills', 'kills-differing'],
    run: () => killFigures(options.every, say),
  },
  {
    names: ['races', 'races-wrong'],
    run: () => raceFigures(RACES, say),
  },
  {
    names: ['soak-parts-lost', 'soak-rows-wrong', 'soak-days', 'soak-faults'],
    run: () => continuousFigures(options.seconds, say),
  },
  {
    names: [
      'corruptions',
      'corruptions-missed',
      'corruptions-by-rules',
      'corruptions-by-rules-missed',
      'false-alarms',
    ],
    run: () => corruptionFigures(options.corruptions, say),
  },
  {
    names: ['upgrade-cases', 'upgrade-wrong'],
    run: () => upgradeFigures(say),
  },
  {
    names: ['schedules', 'invariants-violated'],
    run: () => scheduleFigures(options.schedules, say),
  },
  {
    names: ['test-seconds'],
    run: () => testSecondsFigures(say),
  },
]

async function soak(): Promise<void> {
  const { only, json: isJson, schedules, corruptions, every, seconds } = options
  const flags = { schedules, corruptions, every, seconds }
  await runGroups(groups, { program: import.meta.filename, only, isJson, flags, say })
}

if (options.seed === undefined) await soak()
else await runSchedule(options.seed, say)
