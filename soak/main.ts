/** `npm run soak`: the long runs that show what docs/reliability.md promises. */
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

/** Of each kind a third. */
const RACES = 60

const options = new Command('npm run soak --')
  .description('Faults, kills, races, corruptions and simulated schedules, each to its figure.')
  .option('--json', 'print an array of {name, value, unit, goal, ok} and nothing else', false)
  .option('--only <name>', 'only the figures whose names begin so')
  .option('--schedules <number>', 'schedules to explore', wholeFrom(1), 200_000)
  .option('--corruptions <number>', 'corruptions to try', wholeFrom(1), 5_000)
  .option('--every <number>', 'kill at every such place of a run', wholeFrom(1), 2)
  .option('--seconds <number>', 'how long to archive without a break', wholeFrom(1), 300)
  .option('--seed <number>', 'show the steps of one schedule, and nothing else', wholeFrom(0))
  .parse()
  .opts<SoakOptions>()

/** What is being done goes to standard error where standard output has to hold nothing else. */
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
