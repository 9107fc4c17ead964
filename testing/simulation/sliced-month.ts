/** A month from a source that returns it whole and in any order, archived and inspected independently. */
import { gunzipSync } from 'node:zlib'
import type { Catalogue } from '../../shared/datasets/catalogue.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import type { FileRecord } from '../../shared/format/part-record.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { Policy } from '../../shared/usecases/policy.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { FAKE, fakeSource } from '../sources/fake-source.ts'
import { archiveInMemory, atOnce, type Call, memoryPolicy } from './archive-in-memory.ts'
import { type MemoryStorage, memoryStorage } from './memory-storage.ts'

export const SLICED: Series = {
  source: FAKE,
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

const HOUR_MS = 3_600_000

/** Rounds of deliveries and sweeps after which all work should be done. */
const MAX_ROUNDS = 200

export interface SlicedMonth {
  readonly storage: MemoryStorage
  readonly archive: Archive
  /** Sets what the source returns from now on: CSV records of {@link COLUMNS}. */
  says(records: readonly string[]): void
  /** The same archive on a host whose calls a test controls, or with another catalogue. */
  host(call: Call, catalogue?: Catalogue): Archive
  /** Opens a plan, and delivers its messages until there are none. */
  run(by?: Archive): Promise<void>
  /** Delivers and sweeps until the plan is closed. */
  rest(): Promise<void>
  /** Archives what the source returns; returns the newest snapshot. */
  seal(records: readonly string[]): Promise<Snapshot>
  newest(): Promise<Snapshot>
  state(): SeriesState
  /** The rows of a JSON file. */
  linesOf(file: FileRecord): string[]
  /** Advances the clock. */
  pass(ms: number): void
  /** Faults found by verifying everything. */
  faults(by?: Archive): Promise<string[]>
}

export const COLUMNS = 'date,cost,meterName'

export function slicedMonth(policy: Partial<Policy> = {}): SlicedMonth {
  let now = Date.parse('2017-05-20T03:00:00Z')
  let ids = 0
  let records: readonly string[] = []
  const storage = memoryStorage(() => now)
  const { messages, snapshots } = storage.stored
  const text = (): string => [COLUMNS, ...records, ''].join('\r\n')
  const { source } = fakeSource(text, 0, { isSliced: true })

  const host = (call: Call, catalogue?: Catalogue): Archive =>
    archiveInMemory({
      storage,
      source: { asked: () => source },
      call,
      policy: { ...memoryPolicy, ...policy },
      newId: () => String(++ids).padStart(32, '0'),
      enrollments: ['100'],
      businessDay: () => '2017-05-20',
      elapsedMs: () => now,
      version: '1',
      ...(catalogue === undefined ? {} : { catalogue }),
    })
  const archive = host(atOnce)

  async function deliver(by: Archive): Promise<void> {
    for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
      await archivePart(by, parseMessage(JSON.parse(message.body)), AbortSignal.any([]))
    }
  }

  async function run(by: Archive = archive): Promise<void> {
    now += HOUR_MS
    const dataset = by.catalogue.find(usageDetails.name) ?? usageDetails
    await openOrJoin(by, dataset, SLICED, {
      billingPeriod: '201704',
      parts: ['all'],
      settled: true,
    })
    await deliver(by)
  }

  function state(): SeriesState {
    const bytes = storage.stored.state.get(planName(SLICED))?.bytes
    return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
  }

  async function newest(): Promise<Snapshot> {
    const snapshot = await newestSnapshot(archive.snapshots, SLICED)
    if (snapshot === null) throw new Error('there is no snapshot')
    return snapshot
  }

  return {
    storage,
    archive,
    host,
    run,
    state,
    newest,
    says(next) {
      records = next
    },
    async rest() {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        await deliver(archive)
        if (storage.stored.state.size > 0 && state().status === 'closed') return
        now += HOUR_MS
        await sweep(archive)
      }
      throw new Error('the plan is still open')
    },
    async seal(next) {
      records = next
      await run()
      return newest()
    },
    linesOf({ path }) {
      const array = gunzipSync(snapshots.get(path)?.bytes ?? Buffer.alloc(0)).toString()
      return array
        .slice(1, -3)
        .split('\n,')
        .filter((line) => line !== '')
    },
    pass(ms) {
      now += ms
    },
    async faults(by = archive) {
      const { faults } = await verifyArchive(by, { isDeep: true, anchor: null })
      return faults.map(({ code, message }) => `${code} ${message}`)
    },
  }
}
