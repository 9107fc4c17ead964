/** An archive in memory whose only source is the fake one. */
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parsePartState, parseState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { FAKE, fakeSource, RETRY_AFTER_MS } from '../sources/fake-source.ts'
import { archiveInMemory, atOnce, type Call, memoryPolicy } from './archive-in-memory.ts'
import { type MemoryMessage, memoryStorage } from './memory-storage.ts'

export const SECOND = 1_000
export const HOUR = 3_600 * SECOND
export const signal = new AbortController().signal
export const series: Series = {
  source: FAKE,
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

const rowsOf = (count: number): string =>
  `[${Array.from({ length: count }, (_, i) => `{"cost":${i}.10,"date":"2017-04-01"}`).join(',')}]`

/** An archive whose only source is the fake one. */
export function scene({ polls = 2, rows = 3, policy = {} as Partial<Archive['policy']> } = {}) {
  const fake = fakeSource(() => rowsOf(rows), polls)
  let clock = Date.parse('2017-04-05T03:00:00Z')
  let ids = 0
  const storage = memoryStorage(() => clock)
  const { messages } = storage.stored
  const host = (call: Call): Archive =>
    archiveInMemory({
      storage,
      source: { asked: () => fake.source },
      call,
      enrollments: ['100'],
      policy: { ...memoryPolicy, ...policy },
      newId: () => String(++ids).padStart(32, '0'),
      businessDay: () => '2017-04-05',
      elapsedMs: () => clock,
      version: '1',
    })
  const archive = host(atOnce)

  /** Delivers the visible message; false if there is none. */
  async function deliver(by: Archive = archive): Promise<boolean> {
    const message = messages.find(({ visibleAt }) => visibleAt <= clock)
    if (message === undefined) return false
    await archivePart(by, parseMessage(JSON.parse(message.body)), signal)
    remove(message)
    return true
  }

  function remove(message: MemoryMessage): void {
    messages.splice(messages.indexOf(message), 1)
  }

  return {
    ...fake,
    archive,
    host,
    storage,
    messages,
    deliver,
    pass(ms: number) {
      clock += ms
      for (const message of messages.filter(({ expiresAt }) => expiresAt <= clock)) remove(message)
    },
    now: () => clock,
    timer: (by: Archive = archive) => archiveDataset(by, usageDetails, signal),
    /** Delivers all messages, including delayed ones, until there are none; sweeps for lost ones. */
    async rest(): Promise<Snapshot | null> {
      for (let round = 0; round < 200; round++) {
        if (await deliver()) continue
        clock += messages.length > 0 ? RETRY_AFTER_MS : HOUR
        if (round % 4 === 3) await sweep(archive)
        if (messages.length === 0 && statusOf(storage) === 'closed') break
      }
      return newestSnapshot(archive.snapshots, series)
    },
  }
}

/** Where the series' plan stands. */
export function statusOf({ stored }: ReturnType<typeof memoryStorage>): string {
  const bytes = stored.state.get(planName(series))?.bytes
  return bytes === undefined ? 'none' : parseState(bytes, 'plan.json').status
}

/** The state of the plan's only part; null if there is none. */
export function partStateOf({ stored }: ReturnType<typeof memoryStorage>) {
  const found = [...stored.state].find(([name]) => name.includes('/plans/'))
  return found === undefined ? null : parsePartState(found[1].bytes, found[0])
}

/** A host that dies before or after one of its writes: none of its later calls happens. */
export function killedAt(nth: number, when: 'before' | 'after'): Call {
  let writes = 0
  let isDead = false
  return async (label, isWrite, make) => {
    const isMoment = isWrite && ++writes === nth
    if (isMoment && when === 'before') isDead = true
    if (isDead) throw new Error(`the host is dead: ${label}`)
    const value = await make()
    if (!isMoment) return value
    isDead = true
    throw new Error(`the host dies after ${label}`)
  }
}
