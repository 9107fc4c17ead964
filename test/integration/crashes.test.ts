/**
 * Wherever a host is killed, the next run must end with the same archive. Storage keeps running; the host dies before
 * and after its writes. test/e2e/kill.test.ts does the same to real processes, on Azurite.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { race } from '../../soak/races/races.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'
import { type Mortal, mortal } from '../../testing/stack/mortal.ts'
import { sameness } from '../../testing/stack/read-archive.ts'

const DAY = '2017-04-02'
const simulator = { day: DAY, months: 1, rowsPerDay: 5 }
/** `KILLS=all`: every write; otherwise a sample, another one each time, alternating `before` and `after`. */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 5
const OFFSET = Math.floor(Math.random() * EVERY)

let stack: Stack
let reference: Record<string, unknown>
let writes: number

beforeAll(async () => {
  stack = await startStack()
  const clean = await freshInMemory(stack, { simulator })
  const counting = mortal(clean.deps, null)
  await clean.runOn(counting.deps, DAY)
  writes = counting.writes()
  reference = await sameness(clean.stored)
  await clean.close()
})
afterAll(() => stack.close())

/** Runs a host until it dies or is done; true if it died. */
async function workUntilDeath(host: Mortal, test: MemoryArchive): Promise<boolean> {
  return Promise.race([test.runOn(host.deps, DAY).then(() => false), host.died.then(() => true)])
}

/** What is wrong with the archive after another host has finished; null if nothing. */
async function differenceAfter(test: MemoryArchive): Promise<unknown> {
  test.endLeases()
  await test.runOn(test.host(), DAY)
  const result = await sameness(test.stored)
  return JSON.stringify(result) === JSON.stringify(reference) ? null : result
}

describe('a host that dies', () => {
  it('before or after any write leaves an archive that the next run makes the same', async () => {
    expect(writes).toBeGreaterThan(40)
    const cases = Array.from({ length: writes }, (_, i) => i + 1)
      .flatMap((write) => [
        { moment: 'before' as const, write },
        { moment: 'after' as const, write },
      ])
      .filter((_, i) => i % EVERY === OFFSET)
    const differing: unknown[] = []
    let deaths = 0
    for (const at of cases) {
      const test = await freshInMemory(stack, { simulator })
      if (await workUntilDeath(mortal(test.deps, at), test)) deaths++
      const difference = await differenceAfter(test)
      if (difference !== null) differing.push({ at, difference })
      await test.close()
    }
    expect(differing).toEqual([])
    // Two hosts never run identically, so the last writes may not always be reached.
    expect(deaths).toBeGreaterThan(cases.length * 0.85)
  }, 600_000)
})

describe('several at once', () => {
  it.each(['two-hosts', 'one-message', 'two-plans'] as const)(
    '%s lose, duplicate and mix nothing',
    async (kind) => {
      const wrong = await Promise.all([1, 2, 3].map(() => race(stack, kind)))
      expect(wrong.flat()).toEqual([])
    },
  )
})
