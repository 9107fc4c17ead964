import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { damageArchive } from './explore.ts'

/** Damages archive after archive until `corruptions` were tried. */
export async function corruptionFigures(
  corruptions: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  let tried = 0
  let archives = 0
  let leftovers = 0
  const missed: string[] = []
  const falseAlarms: string[] = []
  while (tried < corruptions) {
    const found = await damageArchive(archives++)
    tried += found.corruptions
    leftovers += found.leftovers
    for (const line of found.missed) say(`MISSED ${line}`)
    for (const line of found.falseAlarms) say(`FALSE ALARM ${line}`)
    missed.push(...found.missed)
    falseAlarms.push(...found.falseAlarms)
    if (archives % 50 === 0)
      say(`${tried} corruptions of ${archives} archives with ${leftovers} leftovers`)
  }
  say(`${tried} corruptions of ${archives} archives with ${leftovers} leftovers`)
  return [
    atLeast('corruptions', tried, 5_000, 'corruptions'),
    exactly('corruptions-missed', missed.length, 0, 'corruptions'),
    exactly('false-alarms', falseAlarms.length, 0, 'faults'),
  ]
}
