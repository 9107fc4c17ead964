import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { datasets } from '../../shared/datasets/catalogue.ts'
import { askedForOf } from '../../shared/sources/ea-reporting/asked-for.ts'
import { newer, older, type Program } from '../../testing/simulation/catalogues.ts'
import { moments } from './moments.ts'
import { runUpgrade, type UpgradeCase } from './run-case.ts'

/** An upgrade, a downgrade, and each of them reverted. */
const directions: readonly (readonly [Program, Program, ...Program[]])[] = [
  [older, newer],
  [newer, older],
  [older, newer, older],
  [newer, older, newer],
]

/** All moments of the switch × directions × datasets. */
export function upgradeCases(): UpgradeCase[] {
  return moments.flatMap((moment) =>
    directions.flatMap((programs) =>
      datasets
        .filter(({ name }) => askedForOf(name).shape === 'list' || moment.isLong !== true)
        .map(({ name }) => ({ moment, programs, dataset: name })),
    ),
  )
}

export function labelOf({ moment, programs, dataset }: UpgradeCase): string {
  return `${programs.map(({ name }) => name).join(' → ')}, ${dataset}, ${moment.name}`
}

/** Two versions of the catalogue on one archive, one after the other. */
export async function upgradeFigures(say: (line: string) => void): Promise<Figure[]> {
  const cases = upgradeCases()
  let [done, wrong] = [0, 0]
  for (const each of cases) {
    const found = await runUpgrade(each)
    for (const fault of found) say(`WRONG ${labelOf(each)}: ${fault}`)
    if (found.length > 0) wrong++
    if (++done % 20 === 0) say(`${done} of ${cases.length} upgrades, ${wrong} wrong`)
  }
  return [atLeast('upgrade-cases', done, 60, 'cases'), exactly('upgrade-wrong', wrong, 0, 'cases')]
}
