import type { Dataset } from '../datasets/dataset.ts'
import { hasCode } from '../errors.ts'
import { planName } from '../snapshots/layout.ts'
import type { Receipt } from '../snapshots/part-record.ts'
import { type Series, seriesLabel } from '../snapshots/series.ts'
import {
  carriedOf,
  type OpenState,
  type SeriesState,
  STATE_FORMAT,
  stateBytes,
} from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { driveState } from './drive-plan.ts'
import { billingPeriodsPlan, type DuePlan, duePlans, type History } from './due.ts'
import { eachOf } from './each-of.ts'
import { isKnownPlan } from './known-plan.ts'
import { listPeriods } from './list-periods.ts'
import { newestSnapshot } from './read-snapshots.ts'
import { lastSuccess, type ReadState, readState, receiptsOf } from './read-state.ts'
import { sendPlan } from './send-parts.ts'
import { type SeriesFailures, seriesFailures } from './series-failures.ts'

/** States that are read at once. */
const READ_CONCURRENCY = 8

/** Turns that opening a plan may take: finish what stands open, close it as failed, open. */
const MAX_TURNS = 4

/**
 * What a dataset's timer does: finds out what is due for every enrollment, and opens or joins a plan
 * for each series. A series or an enrollment that fails does not keep the others from their turn; the
 * failures are told one by one, and thrown at the end. `lastRun` is when that timer ran last: a list of
 * billing periods that was checked before is not believed, for timers that were missed run all at once,
 * and that of the list need not be first.
 */
export async function archiveDataset(
  archive: Archive,
  dataset: Dataset,
  signal: AbortSignal,
  lastRun: Date | null = null,
): Promise<void> {
  const failures = seriesFailures(archive.log, 'plan.not-opened')
  for (const enrollment of archive.config.ENROLLMENTS) {
    await failures.attempt(`${dataset.name} ${enrollment}`, async () => {
      const plans = await dueSeries(archive, dataset, enrollment, signal, {
        failures,
        listedSince: lastRun,
      })
      for (const plan of plans) {
        const series = seriesOf(archive, dataset, enrollment, plan.billingPeriod)
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
  failures.throwIfAny()
}

/** What narrows the question for what is due. */
export interface DueOptions {
  /** These periods, due or not. */
  readonly only?: ReadonlySet<string>
  /** Takes a series whose state can't be read, which is left out; where there is none, it is thrown. */
  readonly failures?: SeriesFailures
  /** A list of billing periods that was checked before is not believed. */
  readonly listedSince?: Date | null
}

/** What is due of a dataset, newest first. */
export async function dueSeries(
  archive: Archive,
  dataset: Dataset,
  enrollment: string,
  signal: AbortSignal,
  { only, failures, listedSince = null }: DueOptions = {},
): Promise<DuePlan[]> {
  if (!dataset.perPeriod) return [billingPeriodsPlan]
  const periods = await listPeriods(archive, enrollment, signal, listedSince)
  const wanted = periods.filter(({ id }) => only?.has(id) ?? true)
  const histories = new Map<string, History>()
  let now = new Date(0)
  await eachOf(wanted, READ_CONCURRENCY, async ({ id }) => {
    const series = seriesOf(archive, dataset, enrollment, id)
    const look = async (): Promise<void> => {
      const read = await readState(archive.state, series)
      now = read.at
      histories.set(id, await historyOf(archive, read, series))
    }
    await (failures === undefined ? look() : failures.attempt(seriesLabel(series), look))
  })
  const { SETTLEMENT_DAYS, RECHECK_DAYS } = archive.config
  const settings = {
    day: archive.businessDay(),
    settlementDays: SETTLEMENT_DAYS,
    recheckDays: RECHECK_DAYS,
    now,
  }
  const unknown: History = { settled: null, checkedAt: null }
  const readable = new Set(histories.keys())
  return duePlans(
    dataset,
    periods,
    (id) => histories.get(id) ?? unknown,
    settings,
    only ?? null,
  ).filter(({ billingPeriod }) => readable.has(billingPeriod))
}

/** From the state, or where that was lost from the newest manifest. */
async function historyOf(archive: Archive, { state }: ReadState, series: Series): Promise<History> {
  const success = lastSuccess(state)
  if (success !== null) return { settled: success.settled, checkedAt: new Date(success.closedAt) }
  const newest = await newestSnapshot(archive.snapshots, series)
  if (newest === null) return { settled: null, checkedAt: null }
  return { settled: newest.manifest.settled, checkedAt: new Date(newest.manifest.takenAt) }
}

function seriesOf(
  archive: Pick<Archive, 'source'>,
  dataset: Dataset,
  enrollment: string,
  billingPeriod: string,
): Series {
  return { source: archive.source.kind, dataset: dataset.name, enrollment, billingPeriod }
}

/** At most one plan is open per series: opens one, or joins the one that is open and drives it on. */
export async function openOrJoin(
  archive: Archive,
  dataset: Dataset,
  series: Series,
  due: DuePlan,
): Promise<void> {
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    const { state, etag, at } = await readState(archive.state, series)
    if (state === null || state.status === 'closed') {
      // It was decided a while ago, and the series may have been settled since.
      if (!due.settled && (await isSettled(archive, series, state))) return
      if (await openPlan(archive, dataset, series, due, state, etag, at)) return
    } else if (etag !== null) {
      const mayJoin = state.status === 'open' && isKnownPlan(archive.catalogue, state)
      const joined = mayJoin ? await joinPlan(archive, state, etag, due) : null
      await driveState(archive, joined?.state ?? state, joined?.etag ?? etag, at, 'failed')
      // What was sealing, or is past its deadline, is closed by now: a new plan is due all the same.
      if (state.status === 'open' && at.toISOString() <= state.plan.deadline) return
    }
  }
  archive.log.warn('plan.contended', { series: seriesLabel(series) })
}

/** Does the newest snapshot hold the period as a whole? From then on no plan goes back to days. */
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
      // Who asked for a plan after the last one follows it by the id that was given then.
      id: closed?.again?.planId ?? archive.newId(),
      parts: [...due.parts],
      settled: due.settled,
      rowsVersion: dataset.rowsVersion,
      apiVersion: archive.source.apiVersion,
      openedAt,
      freshAfter: openedAt,
      deadline: new Date(at.getTime() + archive.config.PLAN_HOURS * 3_600_000).toISOString(),
      sentAt: null,
      shrunk: null,
    },
  }
  const written = await writeOpen(archive, open, etag)
  if (written === null) return false
  await sendPlan(archive, open, written, due.parts, at)
  return true
}

/** A join that wants other parts (a day more, or all instead of days, never the reverse) changes the plan to them. */
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
  const written = await writeOpen(archive, state, etag)
  return written === null ? null : { state, etag: written }
}

async function writeOpen(
  archive: Archive,
  open: OpenState,
  etag: string | null,
): Promise<string | null> {
  try {
    return await archive.state.write(planName(open.series), stateBytes(open), etag)
  } catch (error) {
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
    const found = await readState(archive.state, open.series)
    const isOurs = found.state?.status === 'open' && found.state.plan.id === open.plan.id
    return isOurs && stateBytes(open).equals(stateBytes(found.state)) ? found.etag : null
  }
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
