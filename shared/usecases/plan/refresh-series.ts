/** Fetches one series on demand: opens or joins a plan, and reports a plan's progress. */

import type { Dataset } from '../../datasets/dataset.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import type { OpenState, Outcome } from '../../format/series-state.ts'
import { sourceOf } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { partStatuses, type ReadState, readState } from '../state/read-state.ts'
import { askAgain } from './ask-again.ts'
import { driveState } from './drive-plan.ts'
import { dueSeries } from './due-series.ts'
import type { PlanOpener } from './open-again.ts'
import { openAgain } from './open-again.ts'
import { openOrJoin } from './open-or-join.ts'

/** The result of a request: the plan that serves it, or how long to wait before one may be opened. */
export type Refreshed = { readonly planId: string } | { readonly waitSeconds: number }

/** Retries when others change the state at the same time. */
const MAX_TURNS = 4

/**
 * Requests the newest data from the source. A plan in progress that was opened within `refreshMs`
 * serves the request. An older plan continues unchanged, and the request is served by a follow-up plan,
 * opened when that one closes, so repeated requests never keep a plan from finishing. Rejects with
 * `NOT_FOUND` for a period that the source does not list.
 */
export async function refreshSeries(
  archive: PlanOpener,
  dataset: Dataset,
  series: Series,
  signal: AbortSignal,
): Promise<Refreshed> {
  const limitMs = archive.policy.refreshMs
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    const read = await readState(archive.state, series)
    const { state, at } = read
    // A plan that rebuilds files does not fetch from the source, so it can't serve such a request.
    const isRebuild =
      state !== null && state.status !== 'closed' && state.plan.rebuild !== undefined
    if (state?.status === 'sealing') {
      if (!isRebuild) return { planId: state.plan.id }
      if (read.etag !== null) await driveState(archive, state, read.etag, at, 'failed')
      continue
    }
    if (state?.status === 'open' && at.toISOString() <= state.plan.deadline) {
      const isYoung = at.getTime() - Date.parse(state.plan.freshAfter) < limitMs
      if (isYoung && !isRebuild) return { planId: state.plan.id }
      const planId = await requestAnother(archive, state, read, signal)
      if (planId !== null) return { planId }
      continue // the state was advanced meanwhile
    }
    if (state?.status === 'closed' && state.again !== undefined) {
      await openAgain(archive, series, signal)
      return { planId: state.again.planId }
    }
    const last = state?.outcomes.find(({ rebuild }) => rebuild === undefined)
    const agoMs = last === undefined ? limitMs : at.getTime() - Date.parse(last.closedAt)
    if (agoMs < limitMs) return { waitSeconds: Math.ceil((limitMs - agoMs) / 1_000) }

    const only = new Set([series.billingPeriod])
    const source = sourceOf(archive.sources, series.source)
    const [due] = await dueSeries(archive, source, dataset, series.enrollment, signal, { only })
    if (due === undefined) {
      throw new ArchiveError('NOT_FOUND', `the source lists no ${seriesLabel(series)}`)
    }
    await openOrJoin(archive, dataset, series, due)
    const planId = await planIdOf(archive, series)
    if (planId !== null) return { planId }
  }
  throw notOpened(series)
}

/**
 * Requests a follow-up to the open plan, and drives the open plan. Returns the id of the follow-up; null if
 * another writer changed the state at the same time.
 */
async function requestAnother(
  archive: PlanOpener,
  state: OpenState,
  { etag, at }: ReadState,
  signal: AbortSignal,
): Promise<string | null> {
  const asked = etag === null ? null : await askAgain(archive, state, etag, at)
  if (asked === null) return null
  try {
    await driveState(archive, asked.state, asked.etag, at, 'failed')
  } catch (error) {
    if (hasCode(error, 'CONDITION_NOT_MET')) return null
    throw error
  }
  await openAgain(archive, state.series, signal)
  return asked.planId
}

/** The open plan that fetches from the source; null if there is none, because a rebuild came first. */
async function planIdOf(archive: Pick<Archive, 'state'>, series: Series): Promise<string | null> {
  const { state } = await readState(archive.state, series)
  if (state !== null && state.status !== 'closed') {
    const { id, rebuild, again } = state.plan
    return rebuild === undefined ? id : (again?.planId ?? null)
  }
  const last = state?.outcomes.find(({ rebuild }) => rebuild === undefined)
  if (last !== undefined) return last.planId // it has already closed
  throw notOpened(series)
}

function notOpened(series: Series): ArchiveError {
  const what = `no plan of ${seriesLabel(series)} could be opened; try again`
  return new ArchiveError('NOT_READY', what)
}

/** The progress of a plan. */
export interface PlanProgress {
  readonly status: 'running' | Outcome['status']
  /** When it was opened or requested. */
  readonly openedAt: string
  readonly closedAt: string | null
  /**
   * Parts with a receipt, and in total; null once the plan is closed, and while it waits for the plan before
   * it.
   */
  readonly parts: { readonly done: number; readonly of: number } | null
  readonly number: number | null
  readonly failed: Outcome['failed']
}

/** The progress of a plan; rejects with `NOT_FOUND` for one that is unknown, or long forgotten. */
export async function planProgress(
  archive: Pick<Archive, 'state'>,
  series: Series,
  planId: string,
): Promise<PlanProgress> {
  const { state } = await readState(archive.state, series)
  if (state !== null && state.status !== 'closed' && state.plan.id === planId) {
    const { parts, openedAt } = state.plan
    const statuses = await partStatuses(archive.state, series, planId)
    const done = parts.filter((part) => statuses.get(part)?.['checkedat'] !== undefined).length
    const progress = { done, of: parts.length }
    return {
      status: 'running',
      openedAt,
      closedAt: null,
      parts: progress,
      number: null,
      failed: [],
    }
  }
  const again = state?.status === 'closed' ? state.again : state?.plan.again
  if (again?.planId === planId) {
    // Requested; opened when the plan before it closes.
    const [openedAt, parts] = [again.at, null]
    return { status: 'running', openedAt, closedAt: null, parts, number: null, failed: [] }
  }
  const outcome = state?.outcomes.find((each) => each.planId === planId)
  if (outcome === undefined) {
    throw new ArchiveError('NOT_FOUND', 'there is no such refresh; only the last twenty are kept')
  }
  const { status, openedAt, closedAt, number, failed } = outcome
  return { status, openedAt, closedAt, parts: null, number, failed }
}
