/** Opens the plan of a series, or joins the open one. */
import type { Dataset } from '../../datasets/dataset.ts'
import type { Receipt } from '../../format/part-record.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import {
  carriedOf,
  type OpenState,
  type SeriesState,
  STATE_FORMAT,
} from '../../format/series-state.ts'
import { sourceOf } from '../../sources/source.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import { lastSuccess, readState, receiptsOf } from '../state/read-state.ts'
import { sendPlan } from '../state/send-parts.ts'
import { writeState } from '../state/write-state.ts'
import { askAgain } from './ask-again.ts'
import { driveState, type PlanDriver } from './drive-plan.ts'
import type { DuePlan } from './due.ts'

/** Maximum steps to open a plan: finish the current one, close it as failed, open. */
const MAX_TURNS = 4

/** Opens a plan, or joins and drives the open one: a series has at most one open plan. */
export async function openOrJoin(
  archive: PlanDriver,
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
  archive.log.warn('plan.contended', { ...seriesFields(series) })
}

/** True for a plan that this program can process and that does not fetch from the source. */
function isRebuild(archive: PlanDriver, state: SeriesState): state is OpenState {
  if (state.status !== 'open' || state.plan.rebuild === undefined) return false
  return isKnownPlan(archive, state)
}

/**
 * Requests a plan that fetches from the source, to be opened after a rebuild. False if one can be opened, or
 * tried again, now.
 */
async function followRebuild(
  archive: PlanDriver,
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
  archive: PlanDriver,
  series: Series,
  closed: SeriesState | null,
): Promise<boolean> {
  const success = lastSuccess(closed)
  if (success !== null) return success.settled
  return (await newestSnapshot(archive.snapshots, series))?.manifest.settled ?? false
}

async function openPlan(
  archive: PlanDriver,
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
  archive: PlanDriver,
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
  archive: PlanDriver,
  series: Series,
): Promise<Record<string, Receipt>> {
  const newest = await newestSnapshot(archive.snapshots, series)
  return newest === null ? {} : receiptsOf(newest.manifest)
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
