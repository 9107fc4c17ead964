/** Fetches one series on demand: opens a plan or joins the one that is open, and tells how a plan stands. */
import type { Dataset } from '../datasets/dataset.ts'
import { ArchiveError, hasCode } from '../errors.ts'
import { planName } from '../snapshots/layout.ts'
import { type Series, seriesLabel } from '../snapshots/series.ts'
import { type OpenState, type Outcome, stateBytes } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { dueSeries, openOrJoin } from './archive-dataset.ts'
import { driveState } from './drive-plan.ts'
import { openAgain } from './open-again.ts'
import { partStatuses, type ReadState, readState } from './read-state.ts'

/** What came of a request: the plan that does it, or how long to wait before one may be opened. */
export type Refreshed = { readonly planId: string } | { readonly waitSeconds: number }

/** Looks at a state that others change in the same moment. */
const MAX_TURNS = 4

/**
 * Asks for the newest that the source has. While a plan is under way that was opened within
 * `REFRESH_SECONDS`, that one is given. An older one goes on as it is, and the plan behind it is given: it is
 * opened when that one closes, so that asking ever again lets every plan come to its end. Rejects with
 * `NOT_FOUND` for a period that the source does not list.
 */
export async function refreshSeries(
  archive: Archive,
  dataset: Dataset,
  series: Series,
  signal: AbortSignal,
): Promise<Refreshed> {
  const limitMs = archive.config.REFRESH_SECONDS * 1_000
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    const read = await readState(archive.state, series)
    const { state, at } = read
    if (state?.status === 'sealing') return { planId: state.plan.id }
    if (state?.status === 'open' && at.toISOString() <= state.plan.deadline) {
      const isYoung = at.getTime() - Date.parse(state.plan.freshAfter) < limitMs
      if (isYoung) return { planId: state.plan.id }
      const planId = await askAgain(archive, state, read, signal)
      if (planId !== null) return { planId }
      continue // it was moved on meanwhile
    }
    if (state?.status === 'closed' && state.again !== undefined) {
      await openAgain(archive, series, signal)
      return { planId: state.again.planId }
    }
    const last = state?.outcomes[0]
    const agoMs = last === undefined ? limitMs : at.getTime() - Date.parse(last.closedAt)
    if (agoMs < limitMs) return { waitSeconds: Math.ceil((limitMs - agoMs) / 1_000) }

    const only = new Set([series.billingPeriod])
    const [due] = await dueSeries(archive, dataset, series.enrollment, signal, { only })
    if (due === undefined) {
      throw new ArchiveError('NOT_FOUND', `the source lists no ${seriesLabel(series)}`)
    }
    await openOrJoin(archive, dataset, series, due)
    return { planId: await planIdOf(archive, series) }
  }
  throw notOpened(series)
}

/**
 * Asks for a plan behind the one that is open, and drives that one on. Gives the id of the plan to come; null if
 * somebody else changed the state in the same moment.
 */
async function askAgain(
  archive: Archive,
  state: OpenState,
  { etag, at }: ReadState,
  signal: AbortSignal,
): Promise<string | null> {
  const { series } = state
  const again = state.plan.again ?? { planId: archive.newId(), at: at.toISOString() }
  const asking: OpenState = { ...state, plan: { ...state.plan, again } }
  try {
    const isAsked = state.plan.again !== undefined
    const written = isAsked
      ? etag
      : await archive.state.write(planName(series), stateBytes(asking), etag)
    if (written !== null) await driveState(archive, asking, written, at, 'failed')
  } catch (error) {
    if (hasCode(error, 'CONDITION_NOT_MET')) return null
    throw error
  }
  await openAgain(archive, series, signal)
  return again.planId
}

async function planIdOf(archive: Pick<Archive, 'state'>, series: Series): Promise<string> {
  const { state } = await readState(archive.state, series)
  if (state !== null && state.status !== 'closed') return state.plan.id
  const last = state?.outcomes[0]
  if (last !== undefined) return last.planId // so fast that it is closed already
  throw notOpened(series)
}

function notOpened(series: Series): ArchiveError {
  const what = `no plan of ${seriesLabel(series)} could be opened; try again`
  return new ArchiveError('NOT_READY', what)
}

/** How a plan stands. */
export interface PlanProgress {
  readonly status: 'running' | Outcome['status']
  /** When it was opened, or asked for. */
  readonly openedAt: string
  readonly closedAt: string | null
  /** Parts with a receipt, of all; null once it is closed, and while it waits for the plan before it. */
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
  const again = state?.status === 'closed' ? state.again : state?.plan.again
  if (again?.planId === planId) {
    // Asked for, and opened when the plan before it closes.
    const [openedAt, parts] = [again.at, null]
    return { status: 'running', openedAt, closedAt: null, parts, number: null, failed: [] }
  }
  const outcome = state?.outcomes.find((each) => each.planId === planId)
  if (outcome === undefined) {
    throw new ArchiveError('NOT_FOUND', 'there is no such refresh; the last twenty are remembered')
  }
  const { status, openedAt, closedAt, number, failed } = outcome
  return { status, openedAt, closedAt, parts: null, number, failed }
}
