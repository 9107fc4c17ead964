/** A sample of what `npm run soak -- --only schedules` explores. */
import { describe, expect, it } from 'vitest'
import { runSchedule } from '../../testing/simulation/schedule.ts'
import { type Sabotage, sabotages } from '../../testing/simulation/world.ts'

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 500)
/** Where to look first for a schedule that notices what few do; a change of the simulation may move it. */
const NOTICED_NEAR: Partial<Record<Sabotage, number>> = {
  'view-without-condition': 3_790,
  'mixed-pages': 425,
}
/** Schedules that may pass before one notices. */
const PATIENCE = 5_000

describe('the archive under a seeded scheduler', () => {
  it('breaks no invariant, whoever dies and whatever is lost', async () => {
    let steps = 0
    let snapshots = 0
    for (let seed = 0; seed < SCHEDULES; seed++) {
      const result = await runSchedule(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error })
      })
      steps += result.steps
      snapshots += result.snapshots
    }
    expect(steps / SCHEDULES).toBeGreaterThan(100)
    expect(snapshots / SCHEDULES).toBeGreaterThan(1)
  }, 600_000)

  it('takes the same way again for the same seed', async () => {
    const traceOf = async (seed: number): Promise<string[]> => {
      const lines: string[] = []
      await runSchedule(seed, (line) => lines.push(line))
      return lines
    }
    expect(await traceOf(7)).toEqual(await traceOf(7))
    expect(await traceOf(7)).not.toEqual(await traceOf(8))
  })

  it.each(sabotages)(
    'notices %s',
    async (sabotage) => {
      const first = NOTICED_NEAR[sabotage] ?? 0
      let noticed = -1
      for (let seed = first; seed < first + PATIENCE && noticed < 0; seed++) {
        await runSchedule(seed, undefined, sabotage).catch(() => {
          noticed = seed
        })
      }
      expect(noticed).toBeGreaterThanOrEqual(0)
    },
    60_000,
  )
})
