/** One month of usage details in an archive in memory, to seal, inspect and verify. */
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState } from '../../shared/format/series-state.ts'
import { offerOf, type Source } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { checkSeries } from '../../shared/usecases/verify/check-series.ts'
import { onlySource } from '../sources/changed-source.ts'
import { type QuietArchive, quietArchive } from './memory-archive.ts'

export const MONTH: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

const HOUR_MS = 3_600_000

export interface SealedMonth extends QuietArchive {
  /** Archives these parts, each a page of rows with `envelope` beside them; returns the newest snapshot. */
  seal(
    parts: Readonly<Record<string, string>>,
    envelope?: Readonly<Record<string, string>>,
  ): Promise<Snapshot>
  /** Advances the clock. */
  pass(ms: number): void
  /** The drift in the receipt of a part. */
  driftOf(part: string): string[]
  /** Faults found by verifying all files of the series. */
  faults(): Promise<string[]>
}

export function sealedMonth(policy: Partial<Archive['policy']> = {}): SealedMonth {
  let now = Date.parse('2017-05-20T03:00:00Z')
  const quiet = quietArchive(() => now, '2017-05-20', [], '[]')
  const source = onlySource(quiet.archive)
  let beside: Record<string, string> = {}
  const enveloped: Source = {
    ...source,
    async fetch(...asked) {
      const answer = await source.fetch(...asked)
      if (answer.kind !== 'rows') return answer
      return { ...answer, facts: () => ({ ...answer.facts(), envelope: beside }) }
    },
  }
  const archive = {
    ...quiet.archive,
    sources: [enveloped],
    policy: { ...quiet.archive.policy, ...policy },
  }
  const { messages, state } = quiet.storage.stored
  let versions = 1

  return {
    ...quiet,
    archive,
    async seal(parts, envelope = {}) {
      beside = { ...envelope }
      now += HOUR_MS
      for (const [part, page] of Object.entries(parts)) {
        const version = { etag: `"${++versions}"`, pages: [page] }
        quiet.source.restate(MONTH.billingPeriod, part, version)
      }
      const plan = { billingPeriod: '201704', parts: Object.keys(parts), settled: 'all' in parts }
      await openOrJoin(archive, usageDetails, MONTH, plan)
      for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
        await archivePart(archive, parseMessage(JSON.parse(message.body)), AbortSignal.any([]))
      }
      const snapshot = await newestSnapshot(archive.snapshots, MONTH)
      if (snapshot === null) throw new Error('there is no snapshot')
      return snapshot
    },
    pass(ms) {
      now += ms
    },
    driftOf(part) {
      const found = parseState(state.get(planName(MONTH))?.bytes ?? Buffer.alloc(0), 'plan.json')
      return (found.status === 'closed' ? found.receipts[part]?.drift : undefined) ?? []
    },
    async faults() {
      const listing = []
      for await (const blob of archive.snapshots.list('')) listing.push(blob)
      const offer = offerOf(enveloped.definition, MONTH.dataset)
      const options = {
        dataset: usageDetails,
        isDeep: true,
        isCopy: false,
        policy: archive.policy,
        offer,
      }
      const { faults } = await checkSeries(archive.snapshots, MONTH, listing, options)
      return faults.map(({ code, message }) => `${code} ${message}`)
    },
  }
}
