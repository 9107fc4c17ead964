/** Fetches one series on demand: opens a plan or joins the one that is open, and tells how a plan stands. */
import type { Dataset } from '../datasets/dataset.ts'
import { ArchiveError, hasCode } from '../errors.ts'
import { planName } from '../snapshots/layout.ts'
import { type Series, seriesLabel } from '../snapshots/series.ts'
import { type OpenState, type Outcome, stateBytes } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { dueSeries, openOrJoin } from './archive-dataset.ts'
import { driveState } from './drive-plan.ts'
import { partStatuses, type ReadState, readState } from './read-state.ts'

/** What came of a request: the plan that does it, or how long to wait before one may be opened. */
export type Refreshed = { readonly planId: string } | { readonly waitSeconds: number }

/**
 * Asks for the newest that the source has. While a plan is under way that was asked for within
 * `REFRESH_SECONDS`, that one is given; an older one is told to check its parts anew. Rejects with
 * `NOT_FOUND` for a period that the source does not list.
 */
export async function refreshSeries(
  archive: Archive,
  dataset: Dataset,
  series: Series,
  signal: AbortSignal,
): Promise<Refreshed> {
  const limitMs = archive.config.REFRESH_SECONDS * 1_000
  const read = await readState(archive.state, series)
  const { state, at } = read
  if (state?.status === 'sealing') return { planId: state.plan.id }
  if (state?.status === 'open' && at.toISOString() <= state.plan.deadline) {
    await askAnew(archive, state, read, limitMs)
    return { planId: state.plan.id }
  }
  const last = state?.outcomes[0]
  const agoMs = last === undefined ? limitMs : at.getTime() - Date.parse(last.closedAt)
  if (agoMs < limitMs) return { waitSeconds: Math.ceil((limitMs - agoMs) / 1_000) }

  const only = new Set([series.billingPeriod])
  const [due] = await dueSeries(archive, dataset, series.enrollment, signal, only)
  if (due === undefined) {
    throw new ArchiveError('NOT_FOUND', `the source lists no ${seriesLabel(series)}`)
  }
  await openOrJoin(archive, dataset, series, due)
  return { planId: await planIdOf(archive, series) }
}

/** A plan that is under way for long has parts that were checked long ago: they are asked for again. */
async function askAnew(
  archive: Archive,
  state: OpenState,
  { etag, at }: ReadState,
  limitMs: number,
): Promise<void> {
  if (at.getTime() - Date.parse(state.plan.freshAfter) < limitMs) return
  const fresher = { ...state, plan: { ...state.plan, freshAfter: at.toISOString() } }
  try {
    const written = await archive.state.write(planName(state.series), stateBytes(fresher), etag)
    await driveState(archive, fresher, written, at, 'failed')
  } catch (error) {
    // It was moved on meanwhile: whoever did so has just looked at it.
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
  }
}

async function planIdOf(archive: Pick<Archive, 'state'>, series: Series): Promise<string> {
  const { state } = await readState(archive.state, series)
  if (state !== null && state.status !== 'closed') return state.plan.id
  const last = state?.outcomes[0]
  if (last !== undefined) return last.planId // so fast that it is closed already
  throw new ArchiveError(
    'NOT_READY',
    `no plan of ${seriesLabel(series)} could be opened; try again`,
  )
}

/** How a plan stands. */
export interface PlanProgress {
  readonly status: 'running' | Outcome['status']
  readonly openedAt: string
  readonly closedAt: string | null
  /** Parts with a receipt, of all; null once it is closed. */
  readonly parts: { readonly done: number; readonly of: number } | null
  readonly number: number | null
  readonly failed: Outcome['failed']
}

/** How a plan stands; rejects with `NOT_FOUND` for one that is unknown, or long forgotten. */
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
  const outcome = state?.outcomes.find((each) => each.planId === planId)
  if (outcome === undefined) {
    throw new ArchiveError('NOT_FOUND', 'there is no such refresh; the last twenty are remembered')
  }
  const { status, openedAt, closedAt, number, failed } = outcome
  return { status, openedAt, closedAt, parts: null, number, failed }
}
