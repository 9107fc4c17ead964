import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { placesOf, startKillStack } from './host-kills.ts'
import { killStorage } from './storage-kills.ts'

const RANDOM_KILLS = 10
/** When storage is killed, in milliseconds after the first timer. */
const STORAGE_KILLS = [300, 900, 1_800]

/**
 * `every`: 1 kills before and after each write; 2 once at each write, alternating before and after; more
 * skips writes.
 */
export async function killFigures(every: number, say: (line: string) => void): Promise<Figure[]> {
  const differing: string[] = []
  const storage = Promise.all(
    STORAGE_KILLS.map(async (afterMs) => {
      const wrong = await killStorage(afterMs)
      say(`storage killed after ${afterMs} ms: ${wrong.length === 0 ? 'converged' : wrong.join()}`)
      differing.push(...wrong)
    }),
  )
  const stack = await startKillStack(400)
  const places = placesOf(stack)
  const moments = Array.from({ length: RANDOM_KILLS }, () => Math.random() * stack.runMs)
  const deaths = [...sampled(places, every), ...moments]
  let kills = STORAGE_KILLS.length
  for (const [i, death] of deaths.entries()) {
    const { died, difference } = await stack.kill(death)
    if (died) kills++
    if (difference !== null) {
      differing.push(String(death))
      say(`DIFFERENT after ${death}: ${JSON.stringify(difference)}`)
    }
    if (i % 10 === 9) say(`${i + 1} of ${deaths.length} places, ${kills} kills`)
  }
  await stack.close()
  await storage
  return [
    atLeast('kills', kills, 60, 'kills'),
    exactly('kills-differing', differing.length, 0, 'archives'),
  ]
}

/** Every `every`th place, alternating between both sides of a write. */
export function sampled(places: readonly string[], every: number): string[] {
  return places.filter((_, i) => {
    const write = Math.floor(i / 2)
    const isItsTurn = every === 1 || i % 2 === write % 2
    return isItsTurn && write % Math.ceil(every / 2) === 0
  })
}
