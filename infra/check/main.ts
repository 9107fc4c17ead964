/** `npm run infra:check`: checks the deployment against its documentation and the code. */
import { Command } from 'commander'
import { resourcesOf } from './arm.ts'
import { assertions, failing, unfailing } from './assertions.ts'
import { findBicep } from './bicep-cli.ts'
import { build } from './build.ts'
import { failingModes, modeAssertionCount, unfailingModes } from './mode-assertions.ts'
import { evaluateModes } from './modes.ts'
import { invalidNames } from './names.ts'
import { recordUses } from './operations.ts'
import { checkPackage } from './package.ts'
import { refusals } from './refusals.ts'
import { blindRules, refusedIn } from './refused.ts'
import { restoreDifferences } from './restore.ts'
import { checkRoles } from './roles.ts'
import { settingsDifferences } from './settings.ts'

interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly goal: string
  readonly ok: boolean
}

const { json } = new Command('npm run infra:check --')
  .description(
    'Builds and lints the Bicep, and compares it with the code. Fails if a goal is not reached.',
  )
  .option('--json', 'print only an array of {name, value, unit, goal, ok}', false)
  .parse()
  .opts<{ json: boolean }>()

const say = (line: string): void => {
  if (!json) process.stdout.write(`${line}\n`)
}
const figures: Figure[] = []

function atLeast(name: string, value: number, goal: number, unit: string): Figure {
  return { name, value, unit, goal: `>= ${goal}`, ok: value >= goal }
}

/** Records a count that should be zero, and prints what it counts. */
function none(name: string, found: readonly string[], unit: string): void {
  for (const each of found) process.stderr.write(`${name}: ${each}\n`)
  figures.push({ name, value: found.length, unit, goal: '= 0', ok: found.length === 0 })
}

const bicep = await findBicep()
say(`Bicep CLI ${bicep.version}`)
const { template, diagnostics } = await build(bicep)
none('bicep-warnings', diagnostics, 'warnings')

const evaluated = await evaluateModes(bicep)
for (const { name, resources: found } of evaluated) say(`${name}: ${found.length} resources`)
const everything = evaluated.flatMap((mode) => mode.resources)
none(
  'refused-settings',
  evaluated.flatMap(({ name, resources: found, allowed }) =>
    refusedIn(found, allowed).map((why) => `${name}: ${why}`),
  ),
  'settings',
)
none('refusal-rules-blind', blindRules(everything), 'rules')
figures.push(atLeast('refusal-rules', refusals.length, 25, 'rules'))
figures.push(atLeast('modes', evaluated.length, 9, 'modes'))
none('names-invalid', await invalidNames(bicep), 'names')
none('restore-differing', await restoreDifferences(), 'differences')

const resources = resourcesOf(template)
const count = assertions.length + modeAssertionCount
none(
  'security-assertions-failing',
  [...failing(resources), ...failingModes(evaluated)],
  'assertions',
)
none(
  'assertions-that-cannot-fail',
  [...unfailing(resources), ...unfailingModes(evaluated)],
  'assertions',
)
figures.push(atLeast('security-assertions', count, 90, 'assertions'))
const secretOutputs = Object.entries(template.outputs ?? {})
  .filter(
    ([name, { value }]) =>
      /key|secret|token|connection/i.test(name) || /listKeys|listSecrets/.test(String(value)),
  )
  .map(([name]) => name)
  .filter((name) => name !== 'vaultName')
none('secrets-in-outputs', secretOutputs, 'outputs')
none('settings-differing', await settingsDifferences(template), 'settings')

const { uncovered, unexplained, explained } = checkRoles(template, await recordUses(say))
none('role-operations-uncovered', uncovered, 'operations')
none('role-operations-unexplained', unexplained, 'operations')
for (const each of explained) say(`allowed but not used: ${each}`)

const packed = await checkPackage(say)
figures.push(
  {
    name: 'package-starts',
    value: packed.starts ? 1 : 0,
    unit: 'smoke run',
    goal: '= 1',
    ok: packed.starts,
  },
  { name: 'package-mib', value: packed.mib, unit: 'MiB', goal: 'shown', ok: true },
)

if (json) {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} else {
  const width = Math.max(...figures.map((figure) => figure.name.length))
  for (const { name, value, unit, goal, ok } of figures) {
    say(
      `${name.padEnd(width)}  ${String(value).padStart(6)} ${unit.padEnd(11)} ${goal.padEnd(6)} ${ok ? 'ok' : 'NOT REACHED'}`,
    )
  }
}
if (figures.some((figure) => !figure.ok)) process.exitCode = 1
