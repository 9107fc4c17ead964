/** One archive in memory, used by two versions of the program. */
import { manifestFolder, planName } from '../../shared/format/layout.ts'
import type { Manifest } from '../../shared/format/manifest.ts'
import type { FileRecord } from '../../shared/format/part-record.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import { viewName } from '../../shared/format/view-names.ts'
import type { BillingPeriod } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { archiveInMemory, type Call, memoryPolicy } from './archive-in-memory.ts'
import { datasetOf, older, type Program } from './catalogues.ts'
import { type MemoryStorage, memoryStorage } from './memory-storage.ts'
import { type SimulatedSource, simulatedSource } from './source.ts'
import { pageOf } from './upgrade-rows.ts'

const START = Date.parse('2017-05-20T03:00:00Z')

/** March is settled; May is open, so its days are parts. */
const TODAY = '2017-05-02'
const PERIODS: readonly BillingPeriod[] = [
  { id: '201705', firstDay: '2017-05-01', lastDay: '2017-05-31', datasets: ['usagedetails'] },
  { id: '201703', firstDay: '2017-03-01', lastDay: '2017-03-31', datasets: ['usagedetails'] },
]

function seriesOf(billingPeriod: string): Series {
  return { source: 'ea-reporting', dataset: 'usagedetails', enrollment: '100', billingPeriod }
}

export const SETTLED = seriesOf('201703')
export const OPEN = seriesOf('201705')

export interface UpgradedArchive {
  readonly storage: MemoryStorage
  readonly source: SimulatedSource
  /** Labels of the hosts' calls so far, to storage, queue and source. */
  readonly calls: string[]
  /** The archive from the view of a host of one version. */
  host(program: Program, call?: Call, policy?: Partial<Archive['policy']>): Archive
  /** Runs the timer of usage details, and processes all messages. */
  run(archive: Archive): Promise<void>
  /** Processes all messages. */
  work(archive: Archive): Promise<void>
  pass(ms: number): void
  manifests(series: Series): Manifest[]
  state(series: Series): SeriesState
  view(series: Series): { readonly text: string; readonly number: number }
  bytes(file: Pick<FileRecord, 'path'>): Buffer
  /** Faults that a program finds by verifying every file field by field. */
  faults(program: Program): Promise<string[]>
}

/** Rows of usage details with the fields that only the newer program knows. */
export function somePage(part: string, revision: number, rows: number): string {
  return pageOf(datasetOf(older, 'usagedetails'), part, revision, rows)
}

export function upgradedArchive(rowsOf: (part: string) => string[] = onePage): UpgradedArchive {
  let now = START
  let ids = 0
  const storage = memoryStorage(() => now)
  const calls: string[] = []
  const source = simulatedSource(
    () => now,
    () => [...PERIODS],
    (part) => ({ etag: '"1"', pages: rowsOf(part) }),
    { isMixed: false, isFalse304: false },
  )
  const { snapshots, state, messages } = storage.stored
  const self: UpgradedArchive = {
    storage,
    source,
    calls,
    host(program, call = (_label, _isWrite, make) => make(), policy = {}) {
      return archiveInMemory({
        storage,
        source,
        call: (label, isWrite, make) =>
          call(label, isWrite, () => {
            calls.push(label)
            return make()
          }),
        catalogue: program.catalogue,
        policy: { ...memoryPolicy, recheckDays: 7, ...policy },
        enrollments: ['100'],
        newId: () => String(++ids).padStart(32, '0'),
        businessDay: () => TODAY,
        elapsedMs: () => now,
        version: program.name,
      })
    },
    async run(archive) {
      const dataset = datasetOf(archive, 'usagedetails')
      await archiveDataset(archive, dataset, new AbortController().signal)
      await self.work(archive)
    },
    async work(archive) {
      for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
        const signal = new AbortController().signal
        await archivePart(archive, parseMessage(JSON.parse(message.body)), signal)
        now += 1_000
      }
    },
    pass(ms) {
      now += ms
    },
    manifests(series) {
      return [...snapshots]
        .filter(([name]) => name.startsWith(manifestFolder(series)))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { bytes }]) => JSON.parse(bytes.toString()) as Manifest)
    },
    state(series) {
      return parseState(state.get(planName(series))?.bytes ?? Buffer.alloc(0), 'plan.json')
    },
    view(series) {
      const blob = storage.stored.view.get(viewName(series))
      return { text: blob?.bytes.toString() ?? '', number: Number(blob?.metadata['number']) }
    },
    bytes: ({ path }) => snapshots.get(path)?.bytes ?? Buffer.alloc(0),
    async faults(program) {
      const asked = { isDeep: true, anchor: null }
      const { faults } = await verifyArchive(self.host(program), asked)
      return faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`)
    },
  }
  return self
}

function onePage(part: string): string[] {
  return [somePage(part, 1, 3)]
}

/** The files of a manifest in one format. */
export function filesOf(
  manifest: Manifest | undefined,
  format: FileRecord['format'],
): FileRecord[] {
  return (manifest?.parts ?? []).flatMap(({ files }) =>
    files.filter((file) => file.format === format),
  )
}
