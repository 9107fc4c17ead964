import { atLeast, exactly, type Figure, shown } from '../../bench/measure.ts'
import { damageArchive } from './explore.ts'
import { forgeArchive } from './explore-forgeries.ts'
import { forgeries, unfindable } from './forgeries.ts'

/** Number of forgeries; every kind must be possible in some archive. */
const FORGERIES = 500
const MOST_ARCHIVES = 200

/** Damages archive after archive until `corruptions` have been tried. */
export async function corruptionFigures(
  corruptions: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  let tried = 0
  let archives = 0
  let leftovers = 0
  let withoutLedger = 0
  const missed: string[] = []
  const falseAlarms: string[] = []
  while (tried < corruptions) {
    const found = await damageArchive(archives++)
    tried += found.corruptions
    leftovers += found.leftovers
    withoutLedger += found.withoutLedger
    for (const line of found.missed) say(`MISSED ${line}`)
    for (const line of found.falseAlarms) say(`FALSE ALARM ${line}`)
    missed.push(...found.missed)
    falseAlarms.push(...found.falseAlarms)
    if (archives % 50 === 0)
      say(`${tried} corruptions of ${archives} archives with ${leftovers} leftovers`)
  }
  say(`${tried} corruptions of ${archives} archives with ${leftovers} leftovers`)
  const byRules = await forgeryFigures(say)
  return [
    atLeast('corruptions', tried, 5_000, 'corruptions'),
    exactly('corruptions-missed', missed.length, 0, 'corruptions'),
    exactly('false-alarms', falseAlarms.length, 0, 'faults'),
    shown('corruptions-told-without-ledger', withoutLedger, 'corruptions'),
    ...byRules,
  ]
}

/** Forges archive after archive until every kind has been tried, and enough in total. */
async function forgeryFigures(say: (line: string) => void): Promise<Figure[]> {
  const tried = new Map<string, number>()
  const missed: string[] = []
  let archives = 0
  const total = (): number => [...tried.values()].reduce((sum, count) => sum + count, 0)
  const isDone = (): boolean => total() >= FORGERIES && tried.size === forgeries.length
  while (!isDone() && archives < MOST_ARCHIVES) {
    const found = await forgeArchive(archives++)
    for (const [name, count] of found.tried) tried.set(name, (tried.get(name) ?? 0) + count)
    for (const line of found.missed) say(`MISSED ${line}`)
    missed.push(...found.missed)
  }
  say(`${total()} forgeries of ${tried.size} kinds in ${archives} archives`)
  const untried = forgeries.filter(({ name }) => !tried.has(name)).map(({ name }) => name)
  if (untried.length > 0) say(`NEVER TRIED ${untried.join(', ')}`)
  say('Without a hash kept elsewhere, no rule can detect:')
  for (const { name, why } of unfindable) say(`  ${name}: ${why}`)
  return [
    atLeast('corruptions-by-rules', total(), FORGERIES, 'corruptions'),
    exactly('corruptions-by-rules-missed', missed.length + untried.length, 0, 'corruptions'),
  ]
}
