/**
 * Wherever a host is killed, the next run must end with the same archive. Storage keeps running; the host
 * dies before and after each of its writes, and at random moments. test/e2e/kill.test.ts does the same to
 * real processes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pass, race } from '../../soak/races/races.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { type Mortal, mortal } from '../../testing/stack/mortal.ts'
import { openArchive, type StoredArchive, sameness } from '../../testing/stack/read-archive.ts'

const simulator = { day: '2017-04-02', months: 1, rowsPerDay: 5 }
/** Number of concurrent cases, which mostly wait. */
const CONCURRENCY = 6
/**
 * `KILLS=all`: every write, which takes minutes; otherwise a sample, another one each time, alternating `before`
 * and `after`.
 */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 15
const OFFSET = Math.floor(Math.random() * EVERY)

let stack: Stack
let reference: Record<string, unknown>
let writes: number

beforeAll(async () => {
  stack = await startStack()
  const clean = await stack.fresh({ simulator })
  const counting = mortal(clean.deps, null)
  await pass(counting.deps, clean)
  writes = counting.writes()
  reference = await sameness(stored(clean))
  await clean.close()
})
afterAll(() => stack.close())

function stored(test: TestArchive): StoredArchive {
  return openArchive(test.blobUrl, stack.services.credential)
}

/** Runs cases concurrently, each with its own archive. */
async function eachCase<T>(cases: readonly T[], run: (test: TestArchive, one: T) => Promise<void>) {
  const queue = cases.values()
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      const test = await stack.fresh({ simulator })
      await run(test, one)
      await test.close()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

/** Runs a host until it dies or is done; true if it died. */
async function workUntilDeath(host: Mortal, test: TestArchive): Promise<boolean> {
  return Promise.race([pass(host.deps, test).then(() => false), host.died.then(() => true)])
}

/** What is wrong with the archive after another host has finished; null if nothing. */
async function differenceAfter(test: TestArchive): Promise<unknown> {
  await pass(test.host(), test)
  const result = await sameness(stored(test))
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
    await eachCase(cases, async (test, at) => {
      if (await workUntilDeath(mortal(test.deps, at), test)) deaths++
      const difference = await differenceAfter(test)
      if (difference !== null) differing.push({ at, difference })
    })
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
