/**
 * The function host as a process, killed with SIGKILL at its writes and at random moments, while storage
 * keeps running: a sample of `npm run soak -- --only kills`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KillStack, placesOf, startKillStack } from '../../soak/kills/host-kills.ts'

const RANDOM_KILLS = 1
const SAMPLED_KILLS = 4

let stack: KillStack

beforeAll(async () => {
  stack = await startKillStack(RANDOM_KILLS + SAMPLED_KILLS + 1)
}, 60_000)
afterAll(() => stack.close())

describe('a function host that is killed', () => {
  it('at a write leaves an archive that the next run makes the same', async () => {
    expect(stack.writes).toBeGreaterThan(40)
    const places = placesOf(stack)
    const step = places.length / SAMPLED_KILLS
    const offset = Math.random() * step
    let kills = 0
    for (let i = offset; i < places.length; i += step) {
      const at = places[Math.floor(i)] ?? ''
      const { died, difference } = await stack.kill(at)
      if (died) kills++
      expect(difference, at).toBeNull()
    }
    expect(kills).toBeGreaterThan(0)
  })

  it('at a random moment leaves an archive that the next run makes the same', async () => {
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      const afterMs = Math.random() * stack.runMs
      const { difference } = await stack.kill(afterMs)
      expect(difference, `after ${Math.round(afterMs)} ms`).toBeNull()
    }
  })
})
