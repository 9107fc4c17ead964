/**
 * Killed anywhere, the next run ends in the same archive. Storage is a process that lives on; the host
 * dies before and after each of its writes, and at random moments. test/e2e/kill.test.ts does the same
 * to real processes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datasets } from '../../shared/datasets/catalogue.ts'
import type { Deps } from '../../shared/deps.ts'
import { archiveDataset } from '../../shared/usecases/archive-dataset.ts'
import { archivePart } from '../../shared/usecases/archive-part.ts'
import { parseMessage } from '../../shared/usecases/part-message.ts'
import { type Stack, startStack, type TestArchive, withDay } from '../support/archive-stack.ts'
import { type Mortal, mortal } from '../support/mortal.ts'
import { openArchive, type StoredArchive, sameness } from '../support/read-archive.ts'

const DAY = '2017-04-02'
const simulator = { day: DAY, months: 1, rowsPerDay: 5 }
/** A message of a dead host is seen again after this. */
const LEASE_SECONDS = 1
/** Cases that run side by side: they mostly wait. */
const CONCURRENCY = 6
/** `KILLS=all`: every write, which takes minutes; otherwise every third, `before` and `after` in turn. */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 3

let stack: Stack
let reference: Record<string, unknown>
let writes: number

beforeAll(async () => {
  stack = await startStack()
  const clean = await stack.fresh({ simulator })
  const counting = mortal(clean.deps, null)
  await work(counting.deps, clean)
  writes = counting.writes()
  reference = await sameness(stored(clean))
  await clean.close()
})
afterAll(() => stack.close())

function stored(test: TestArchive): StoredArchive {
  return openArchive(test.blobUrl, stack.services.credential)
}

/** One pass of a host: timers, then messages until there are none that anybody could see. */
async function work(deps: Deps, test: TestArchive): Promise<void> {
  const signal = AbortSignal.timeout(120_000)
  const { archive } = withDay(deps, DAY)
  for (const perPeriod of [false, true]) {
    for (const dataset of datasets.filter((each) => each.perPeriod === perPeriod)) {
      await archiveDataset(archive, dataset, signal)
    }
    for (;;) {
      const { receivedMessageItems } = await test.queue.receiveMessages({
        numberOfMessages: 4,
        visibilityTimeout: LEASE_SECONDS,
      })
      if (receivedMessageItems.length === 0) {
        const { approximateMessagesCount = 0 } = await test.queue.getProperties()
        if (approximateMessagesCount === 0) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await Promise.all(
        receivedMessageItems.map(async (item) => {
          const body: unknown = JSON.parse(Buffer.from(item.messageText, 'base64').toString())
          await archivePart(archive, parseMessage(body), signal)
          await test.queue
            .deleteMessage(item.messageId, item.popReceipt)
            .catch((error: { code?: string }) => {
              // Seen again by another meanwhile: an overlapping delivery.
              if (error.code !== 'MessageNotFound' && error.code !== 'PopReceiptMismatch')
                throw error
            })
        }),
      )
    }
  }
}

/** Runs cases side by side, each on an archive of its own. */
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

/** Lets a host work until it dies or is done; true if it died. */
async function workUntilDeath(host: Mortal, test: TestArchive): Promise<boolean> {
  return Promise.race([work(host.deps, test).then(() => false), host.died.then(() => true)])
}

/** What is wrong with the archive, after another host has had its turn: null if nothing. */
async function differenceAfter(test: TestArchive): Promise<unknown> {
  await work(test.host(), test)
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
      .filter((_, i) => i % EVERY === 0)
    const differing: unknown[] = []
    let deaths = 0
    await eachCase(cases, async (test, at) => {
      if (await workUntilDeath(mortal(test.deps, at), test)) deaths++
      const difference = await differenceAfter(test)
      if (difference !== null) differing.push({ at, difference })
    })
    expect(differing).toEqual([])
    // Two hosts never take quite the same way, so the last writes may not be reached every time.
    expect(deaths).toBeGreaterThan(cases.length * 0.85)
  }, 600_000)
})

describe('two hosts at once', () => {
  it('on one store, with overlapping deliveries, lose, double and mix nothing', async () => {
    const differing: unknown[] = []
    await eachCase([1, 2, 3, 4, 5, 6], async (test, one) => {
      const hosts = [test.deps, test.host()]
      await Promise.all(hosts.map((host) => work(host, test)))
      const difference = await differenceAfter(test)
      if (difference !== null) differing.push({ one, difference })
      const numbers = [...(await stored(test).manifests()).values()].map(
        (manifest) => manifest.number,
      )
      if (numbers.some((number) => number !== 1)) differing.push({ one, numbers })
    })
    expect(differing).toEqual([])
  })

  it('given one message at the same time count one receipt', async () => {
    await eachCase([1, 2, 3], async (test) => {
      const signal = AbortSignal.timeout(60_000)
      const { archive } = withDay(test.deps, DAY)
      for (const dataset of datasets) await archiveDataset(archive, dataset, signal)
      for (;;) {
        const { receivedMessageItems } = await test.queue.receiveMessages({ visibilityTimeout: 60 })
        const item = receivedMessageItems[0]
        if (item === undefined) break
        const body: unknown = JSON.parse(Buffer.from(item.messageText, 'base64').toString())
        await Promise.all([1, 2, 3].map(() => archivePart(archive, parseMessage(body), signal)))
        await test.queue.deleteMessage(item.messageId, item.popReceipt)
      }
      expect(await sameness(stored(test))).toEqual(reference)
    })
  })
})
