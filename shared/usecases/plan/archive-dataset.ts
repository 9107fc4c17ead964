import pMap from 'p-map'
import type { Dataset } from '../../datasets/dataset.ts'
import { confirmedAt } from '../../format/manifest.ts'
import type { Receipt } from '../../format/part-record.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import {
  carriedOf,
  checkedAtOf,
  type OpenState,
  type SeriesState,
  STATE_FORMAT,
} from '../../format/series-state.ts'
import { offerOf, type Source, sourceOf, sourcesOffering } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import { lastSuccess, type ReadState, readState, receiptsOf } from '../state/read-state.ts'
import { sendPlan } from '../state/send-parts.ts'
import { type SeriesFailures, seriesFailures } from '../state/series-failures.ts'
import { writeState } from '../state/write-state.ts'
import { askAgain } from './ask-again.ts'
import { driveState } from './drive-plan.ts'
import { billingPeriodsPlan, type DuePlan, duePlans, type History } from './due.ts'
import { listPeriods } from './list-periods.ts'
import { rebuildOutdated } from './rebuild-outdated.ts'

/** How many states are read concurrently. */
const READ_CONCURRENCY = 8

/** Maximum steps to open a plan: finish the current one, close it as failed, open. */
const MAX_TURNS = 4

/**
 * The use case of a dataset's timer: determines what is due for every enrollment at every source that offers
 * the dataset, and opens or joins a plan for each series. A failing series or enrollment does not block the others; failures are logged one by one
 * and thrown at the end. `lastRun` is when this timer ran last: an older list of billing periods is not
 * trusted, because missed timers run all at once, and that of the list need not be first.
 */
export async function archiveDataset(
  archive: Archive,
  dataset: Dataset,
  signal: AbortSignal,
  lastRun: Date | null = null,
): Promise<void> {
  const failures = seriesFailures(archive.log, 'plan.not-opened')
  for (const enrollment of archive.enrollments) {
    for (const source of sourcesOffering(archive.sources, dataset.name)) {
      await failures.attempt(`${dataset.name} ${enrollment}`, async () => {
        // First, so that it does not depend on the source; what is due is then asked for with its old ETag.
        await rebuildOutdated(archive, source, dataset, enrollment, failures)
        const plans = await dueSeries(archive, source, dataset, enrollment, signal, {
          failures,
          listedSince: lastRun,
        })
        for (const plan of plans) {
          const series = seriesOf(source, dataset, enrollment, plan.billingPeriod)
          await failures.attempt(seriesLabel(series), () =>
            openOrJoin(archive, dataset, series, plan),
          )
        }
        archive.log.info('dataset.planned', {
          dataset: dataset.name,
          enrollment,
          series: plans.length,
          parts: plans.reduce((sum, plan) => sum + plan.parts.length, 0),
        })
      })
    }
  }
  failures.throwIfAny()
}

/** Options that narrow what is due. */
export interface DueOptions {
  /** Plan these periods, due or not. */
  readonly only?: ReadonlySet<string>
  /** Collects series whose state is unreadable, which are left out; without it, the error is thrown. */
  readonly failures?: SeriesFailures
  /** A list of billing periods that was checked before this is not trusted. */
  readonly listedSince?: Date | null
}

/** The series of a source's dataset that are due, newest first. */
export async function dueSeries(
  archive: Archive,
  source: Source,
  dataset: Dataset,
  enrollment: string,
  signal: AbortSignal,
  { only, failures, listedSince = null }: DueOptions = {},
): Promise<DuePlan[]> {
  const offer = offerOf(source.definition, dataset.name)
  if (offer === null) return []
  if (!dataset.perPeriod) return [billingPeriodsPlan]
  const periods = await listPeriods(archive, source, enrollment, signal, listedSince)
  const wanted = periods.filter(({ id }) => only?.has(id) ?? true)
  const histories = new Map<string, History>()
  let now = new Date(0)
  await pMap(
    wanted,
    async ({ id }) => {
      const series = seriesOf(source, dataset, enrollment, id)
      const look = async (): Promise<void> => {
        const read = await readState(archive.state, series)
        now = read.at
        histories.set(id, await historyOf(archive, read, series))
      }
      await (failures === undefined ? look() : failures.attempt(seriesLabel(series), look))
    },
    { concurrency: READ_CONCURRENCY },
  )
  const { settlementDays, recheckDays } = archive.policy
  const settings = { day: archive.businessDay(), settlementDays, recheckDays, now }
  const unknown: History = { settled: null, checkedAt: null }
  const readable = new Set(histories.keys())
  return duePlans(
    offer,
    periods,
    (id) => histories.get(id) ?? unknown,
    settings,
    only ?? null,
  ).filter(({ billingPeriod }) => readable.has(billingPeriod))
}

/** From the state or, if that was lost, from the newest manifest. */
async function historyOf(archive: Archive, { state }: ReadState, series: Series): Promise<History> {
  const success = lastSuccess(state)
  if (success !== null) {
    return { settled: success.settled, checkedAt: new Date(checkedAtOf(success)) }
  }
  const newest = await newestSnapshot(archive.snapshots, series)
  if (newest === null) return { settled: null, checkedAt: null }
  return { settled: newest.manifest.settled, checkedAt: new Date(confirmedAt(newest.manifest)) }
}

function seriesOf(
  { definition }: Source,
  dataset: Dataset,
  enrollment: string,
  billingPeriod: string,
): Series {
  return { source: definition.kind, dataset: dataset.name, enrollment, billingPeriod }
}

/** Opens a plan, or joins and drives the open one: a series has at most one open plan. */
export async function openOrJoin(
  archive: Archive,
  dataset: Dataset,
  series: Series,
  due: DuePlan,
): Promise<void> {
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    const { state, etag, at } = await readState(archive.state, series)
    if (state === null || state.status === 'closed') {
      // The decision is some time old; the series may have been settled since.
      if (!due.settled && (await isSettled(archive, series, state))) return
      if (await openPlan(archive, dataset, series, due, state, etag, at)) return
    } else if (etag !== null && isRebuild(archive, state)) {
      if (await followRebuild(archive, state, etag, at)) return
    } else if (etag !== null) {
      const mayJoin = state.status === 'open' && isKnownPlan(archive, state)
      const joined = mayJoin ? await joinPlan(archive, state, etag, due) : null
      await driveState(archive, joined?.state ?? state, joined?.etag ?? etag, at, 'failed')
      // A sealing or overdue plan is closed by now; the new plan is still due.
      if (state.status === 'open' && at.toISOString() <= state.plan.deadline) return
    }
  }
  archive.log.warn('plan.contended', { series: seriesLabel(series) })
}

/** True for a plan that this program can work on and that does not ask the source. */
function isRebuild(archive: Archive, state: SeriesState): state is OpenState {
  if (state.status !== 'open' || state.plan.rebuild === undefined) return false
  return isKnownPlan(archive, state)
}

/** Has a plan that asks the source opened after a rebuild. False if one may be opened, or tried again, now. */
async function followRebuild(
  archive: Archive,
  rebuild: OpenState,
  etag: string,
  at: Date,
): Promise<boolean> {
  const asked = await askAgain(archive, rebuild, etag, at)
  if (asked === null) return false
  await driveState(archive, asked.state, asked.etag, at, 'failed')
  const { state } = await readState(archive.state, rebuild.series)
  return state?.status === 'open' && state.plan.again !== undefined
}

/** True if the newest snapshot covers the period as a whole. After that, no plan goes back to days. */
async function isSettled(
  archive: Archive,
  series: Series,
  closed: SeriesState | null,
): Promise<boolean> {
  const success = lastSuccess(closed)
  if (success !== null) return success.settled
  return (await newestSnapshot(archive.snapshots, series))?.manifest.settled ?? false
}

async function openPlan(
  archive: Archive,
  dataset: Dataset,
  series: Series,
  due: DuePlan,
  closed: Extract<SeriesState, { status: 'closed' }> | null,
  etag: string | null,
  at: Date,
): Promise<boolean> {
  const openedAt = at.toISOString()
  const open: OpenState = {
    ...(closed === null ? { format: STATE_FORMAT, series, outcomes: [] } : carriedOf(closed)),
    status: 'open',
    base: closed?.receipts ?? (await receiptsOfNewest(archive, series)),
    plan: {
      // A requested follow-up plan uses the id that was issued with the request.
      id: closed?.again?.planId ?? archive.newId(),
      parts: [...due.parts],
      settled: due.settled,
      rowsVersion: dataset.rowsVersion,
      apiVersion: sourceOf(archive.sources, series.source).definition.apiVersion,
      openedAt,
      freshAfter: openedAt,
      deadline: new Date(at.getTime() + archive.policy.planMs).toISOString(),
      sentAt: null,
      shrunk: null,
    },
  }
  const written = await writeState(archive, open, etag)
  if (written === null) return false
  await sendPlan(archive, open, written, due.parts, at)
  return true
}

/** A join that wants other parts (one more day, or all instead of days, never the reverse) updates the plan. */
async function joinPlan(
  archive: Archive,
  open: OpenState,
  etag: string,
  due: DuePlan,
): Promise<{ state: OpenState; etag: string } | null> {
  const same = open.plan.settled === due.settled && isSameList(open.plan.parts, due.parts)
  if (same || (open.plan.settled && !due.settled)) return null
  const plan = { ...open.plan, parts: [...due.parts], settled: due.settled, sentAt: null }
  const state: OpenState = { ...open, plan }
  const written = await writeState(archive, state, etag)
  return written === null ? null : { state, etag: written }
}

async function receiptsOfNewest(
  archive: Archive,
  series: Series,
): Promise<Record<string, Receipt>> {
  const newest = await newestSnapshot(archive.snapshots, series)
  return newest === null ? {} : receiptsOf(newest.manifest)
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
