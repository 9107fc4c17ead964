/** Concurrent work on one archive: nothing may be lost, duplicated or mixed. */
import { setTimeout as delay } from 'node:timers/promises'
import { datasets } from '../../shared/datasets/catalogue.ts'
import type { Deps } from '../../shared/deps.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { PartMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type Stack, type TestArchive, withDay } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'
import { readMessage, stages, workQueue } from '../../testing/stack/work-queue.ts'
import { wrongRows } from '../../testing/stack/wrong-rows.ts'

const DAY = '2017-04-02'
const BILL = { day: DAY, months: 1, rowsPerDay: 5 }
const LEASE_SECONDS = 1

export type Race = 'two-hosts' | 'one-message' | 'two-plans'

/** What went wrong in one race; empty if nothing. */
export async function race(stack: Stack, kind: Race): Promise<string[]> {
  const test = await stack.fresh({ simulator: BILL })
  try {
    await RACES[kind](test)
    // The slower one may have left something to do.
    await pass(test.host(), test)
    const stored = openArchive(test.blobUrl, stack.services.credential)
    const wrong = await wrongRows(stored, test.simulator, DAY)
    const doubled = [...(await stored.manifests()).values()].filter(({ number }) => number !== 1)
    wrong.push(...doubled.map(({ dataset, number }) => `${dataset} has a snapshot ${number}`))
    const { faults } = await verifyArchive(test.deps.archive, { isDeep: false, anchor: null })
    wrong.push(...faults.map(({ code, blob }) => `${code} ${blob}`))
    return wrong.map((line) => `${kind}: ${line}`)
  } finally {
    await test.close()
  }
}

const RACES: Record<Race, (test: TestArchive) => Promise<void>> = {
  /** Timers and messages on two hosts; each message reappears for the other after a second. */
  async 'two-hosts'(test) {
    const hosts = [test.deps, test.host()]
    await Promise.all(
      hosts.map(async (host) => {
        await delay(Math.random() * 200)
        await pass(host, test)
      }),
    )
  },

  /** Three concurrent deliveries of each message. */
  async 'one-message'(test) {
    const { archive } = withDay(test.deps, DAY)
    const signal = AbortSignal.timeout(60_000)
    for (const dataset of datasets) await archiveDataset(archive, dataset, signal)
    for (const message of await takeAll(test)) {
      await Promise.all([1, 2, 3].map(() => archivePart(archive, message, signal)))
    }
  },

  /** A plan fails while its workers are still busy, and the next plan's workers fetch the same parts. */
  async 'two-plans'(test) {
    const { archive } = withDay(test.deps, DAY)
    const signal = AbortSignal.timeout(60_000)
    const late = { ...archive, policy: { ...archive.policy, planMs: 0 } }
    for (const dataset of datasets) await archiveDataset(late, dataset, signal)
    const old = await takeAll(test)
    await delay(1_100) // storage's clock counts seconds
    const slow = old.map(async (message) => {
      await delay(Math.random() * 100)
      await archivePart(archive, message, signal)
    })
    await sweep(archive)
    for (const dataset of datasets) await archiveDataset(archive, dataset, signal)
    const fresh = (await takeAll(test)).map((message) => archivePart(archive, message, signal))
    await Promise.all([...slow, ...fresh])
  },
}

async function takeAll({ queue }: TestArchive): Promise<PartMessage[]> {
  const found: PartMessage[] = []
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 })
    if (receivedMessageItems.length === 0) return found
    for (const item of receivedMessageItems) {
      found.push(readMessage(item.messageText))
      await queue.deleteMessage(item.messageId, item.popReceipt)
    }
  }
}

/** One pass of a host: timers, then messages until none is visible. */
export async function pass(deps: Deps, { queue }: Pick<TestArchive, 'queue'>): Promise<void> {
  const signal = AbortSignal.timeout(120_000)
  const { archive } = withDay(deps, DAY)
  const handle = (message: PartMessage): Promise<void> => archivePart(archive, message, signal)
  const lease = { atOnce: 4, leaseSeconds: LEASE_SECONDS, mayOverlap: true }
  const work = { ...lease, read: readMessage, handle }
  for (const stage of stages) {
    for (const dataset of stage) await archiveDataset(archive, dataset, signal)
    await workQueue(queue, work)
  }
}
