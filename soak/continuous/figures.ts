/**
 * Archives day after day while one in twenty requests to the source fails, and one in a hundred to storage.
 */
import { exactly, type Figure, shown } from '../../bench/measure.ts'
import type { FaultRule } from '../../local/simulator/faults.ts'
import { plusDays } from '../../local/simulator/months.ts'
import { randomFor } from '../../local/simulator/random.ts'
import type { Deps } from '../../shared/deps.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { PartMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { startStack, type TestArchive, withDay } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'
import { readMessage, stages, workQueue } from '../../testing/stack/work-queue.ts'
import { wrongRows } from '../../testing/stack/wrong-rows.ts'
import { startStorageProxy } from '../faults/storage-proxy.ts'

const FIRST_DAY = '2017-04-20'
const SOURCE_RATE = 0.05
const STORAGE_RATE = 0.01
const MAX_DELIVERIES = 5

/** Kinds of faults, each with its share of the rate. */
const SOURCE_KINDS: readonly Omit<FaultRule, 'rate'>[] = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, retryAfter: '0' },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'truncate' },
  { kind: 'garbage' },
  { kind: 'restate' },
]
const STORAGE_KINDS = ['outage', 'reset', 'lost'] as const

export async function continuousFigures(
  seconds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const stack = await startStack(1)
  const { azurite, certificate } = stack.services
  const random = randomFor('continuous')
  const blob = await startStorageProxy(new URL(azurite.blobUrl).origin, certificate, random)
  const test = await stack.fresh({
    simulator: { day: FIRST_DAY, months: 3, rowsPerDay: 300 },
    settings: { RETRY_TRIES: '8', RETRY_CAP_MS: '200' },
  })
  const account = new URL(test.blobUrl).pathname.slice(1)
  const host = (): Deps => test.host({ ARCHIVE_STORAGE__blobServiceUri: `${blob.url}/${account}` })
  const hosts = [host(), host()]
  const setFaults = (isOn: boolean): void => {
    const share = (rate: number, kinds: number): number => (isOn ? rate / kinds : 0)
    test.simulator.setFaults(
      SOURCE_KINDS.map((rule) => ({ ...rule, rate: share(SOURCE_RATE, SOURCE_KINDS.length) })),
    )
    const rate = share(STORAGE_RATE, STORAGE_KINDS.length)
    blob.setFaults(
      account,
      STORAGE_KINDS.map((kind) => ({ kind, rate })),
    )
  }

  setFaults(true)
  const end = performance.now() + seconds * 1_000
  let day = FIRST_DAY
  let days = 0
  while (performance.now() < end) {
    test.simulator.setDay(day)
    await oneDay(
      hosts.map((each) => withDay(each, day)),
      test,
    )
    days++
    if (days % 5 === 0) {
      say(
        `${days} days, ${test.simulator.faultCount()} faults of the source, ${blob.faultsOf(account)} of storage`,
      )
    }
    day = plusDays(day, 1)
  }
  const faults = test.simulator.faultCount() + blob.faultsOf(account)
  setFaults(false)
  const last = plusDays(day, -1)
  for (let round = 0; round < 2; round++) await oneDay([withDay(test.host(), last)], test)

  const stored = openArchive(test.blobUrl, stack.services.credential)
  const wrong = await wrongRows(stored, test.simulator, last)
  const {
    faults: damage,
    snapshots,
    leftovers,
  } = await verifyArchive(test.deps.archive, {
    isDeep: true,
    anchor: null,
  })
  for (const line of wrong) say(`WRONG ${line}`)
  for (const { code, blob: name, message } of damage) say(`WRONG ${code} ${name}: ${message}`)
  say(`${snapshots} snapshots verified field by field, ${leftovers} leftovers`)
  await blob.close()
  await test.close()
  await stack.close()
  const lost = wrong.filter((line) => line.endsWith('is missing')).length
  return [
    shown('soak-days', days, 'days'),
    shown('soak-faults', faults, 'faults'),
    exactly('soak-parts-lost', lost, 0, 'parts'),
    exactly('soak-rows-wrong', wrong.length - lost + damage.length, 0, 'series'),
  ]
}

/** Timers on the first host, messages on all hosts, and the sweep; failures are retried. */
async function oneDay(hosts: readonly Deps[], test: TestArchive): Promise<void> {
  const signal = AbortSignal.timeout(300_000)
  const [first] = hosts
  if (first === undefined) return
  for (const stage of stages) {
    for (const dataset of stage) {
      await archiveDataset(first.archive, dataset, signal).catch(() => {})
    }
    await Promise.all(hosts.map((host) => work(host, test, signal)))
  }
  await sweep(first.archive).catch(() => {})
}

async function work({ archive }: Deps, { queue }: TestArchive, signal: AbortSignal): Promise<void> {
  const handle = async (message: PartMessage, delivery: number): Promise<unknown> => {
    try {
      return await archivePart(archive, message, signal)
    } catch {
      if (delivery < MAX_DELIVERIES) return 'again'
      return recordExhausted(archive, message).catch(() => {})
    }
  }
  await workQueue(queue, { atOnce: 8, leaseSeconds: 60, read: readMessage, handle })
}
