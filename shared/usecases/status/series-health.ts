/** The state of one series. */
import { describeError, hasCode } from '../../errors.ts'
import { planName } from '../../format/layout.ts'
import { confirmedAt } from '../../format/manifest.ts'
import { ALL_PART, type Series } from '../../format/series.ts'
import { checkedAtOf, type Failure, type SeriesState } from '../../format/series-state.ts'
import type { StateStore } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { readParts } from '../plan/drive-plan.ts'
import type { FindAnswering } from '../read/answering-series.ts'
import { newestSnapshot, snapshotNumbers } from '../read/read-snapshots.ts'
import { lastSuccess, readState } from '../state/read-state.ts'
import { isDamage, lastVerification } from '../verify/kept-result.ts'
import { type ViewState, viewState } from '../view/view-state.ts'

/** The state of one series. */
export interface SeriesHealth extends Series {
  /** False if another source answers: neither HTTP nor the view has its newest snapshot. */
  readonly answers: boolean
  /**
   * `archived`: settled and checked in time. `unsettled`: the source still changes it, checked in time.
   * `stale`: not checked in time. `missing`: the source lists it and there is no snapshot. `failed`: its
   * parts or its last plan failed. `waiting`: it lost many rows and waits for a second fetch. `damaged`: the
   * last verification found that stored files differ from what was written.
   */
  readonly status: 'archived' | 'unsettled' | 'stale' | 'missing' | 'failed' | 'waiting' | 'damaged'
  readonly plan: SeriesState['status'] | 'none'
  /** Number of the newest snapshot; null if there is none yet. */
  readonly number: number | null
  readonly settled: boolean
  /** When it was last confirmed against the source; null if never. */
  readonly checkedAt: string | null
  /** False if the source no longer lists its period; its snapshots stay. */
  readonly listed: boolean
  readonly failed: readonly FailedPart[]
  /** Rows that appear to be lost. */
  readonly shrunk: { readonly rows: number; readonly was: number; readonly since: string } | null
  /** Fields that the catalogue does not know, archived in `otherFields`. */
  readonly unknownFields: readonly string[]
  /** Differences between its rows and the documented schema, in words. */
  readonly drift: readonly string[]
  /** The result of the last verification; null if there was none. */
  readonly verified: {
    readonly at: string
    readonly faults: number
    /** Damaged files that have been repaired. */
    readonly repaired: number
  } | null
  /** What the view has of it; null if another source answers, there is no snapshot, or the view can't be read. */
  readonly view:
    | (ViewState & {
        /** It lacks the newest snapshot, which the sweep adds. */ readonly isBehind: boolean
      })
    | null
}

export interface FailedPart {
  readonly part: string
  readonly code: string
  readonly message: string
  /** When it first and last failed since the last success. */
  readonly since: string
  readonly at: string
}

export type HealthDeps = Pick<
  Archive,
  'state' | 'snapshots' | 'view' | 'sources' | 'policy' | 'catalogue'
>

const DAY_MS = 86_400_000

/**
 * The state of a series, or the reason why it can't be determined: one damaged series does not hide the
 * others.
 */
export async function seriesHealth(
  archive: HealthDeps,
  series: Series,
  listed: boolean,
  answering: FindAnswering,
): Promise<SeriesHealth> {
  const answers = (await answering(series)).source === series.source
  try {
    const health = await healthOf(archive, series, listed)
    const view = answers ? await viewHealth(archive, series, health.number) : null
    return { ...health, answers, view }
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    const now = (await archive.state.read(planName(series))).at.toISOString()
    const failed = { part: ALL_PART, ...describeError(error), since: now, at: now }
    return {
      ...series,
      answers,
      status: 'failed',
      plan: 'none',
      number: await numberOf(archive, series),
      settled: false,
      checkedAt: null,
      listed,
      failed: [failed],
      shrunk: null,
      unknownFields: [],
      drift: [],
      verified: null,
      view: null,
    }
  }
}

async function viewHealth(
  archive: HealthDeps,
  series: Series,
  number: number | null,
): Promise<SeriesHealth['view']> {
  if (number === null) return null
  try {
    const state = await viewState(archive, series)
    return { ...state, isBehind: state.number < number }
  } catch (error) {
    // The view may be in another account, which must not hide the state of the archive.
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) return null
    throw error
  }
}

/** The highest snapshot number of a series; null if there is none. */
async function numberOf({ snapshots }: HealthDeps, series: Series): Promise<number | null> {
  return (await snapshotNumbers(snapshots, series)).at(-1) ?? null
}

async function healthOf(
  archive: HealthDeps,
  series: Series,
  listed: boolean,
): Promise<Omit<SeriesHealth, 'answers' | 'view'>> {
  const { state, at } = await readState(archive.state, series)
  const success = lastSuccess(state)
  const newest =
    success === null ? ((await newestSnapshot(archive.snapshots, series))?.manifest ?? null) : null
  const failed = await failedParts(archive.state, state)
  const shrunk = state?.status === 'open' ? state.plan.shrunk : null
  const number = success?.number ?? newest?.number ?? null
  const settled = success?.settled ?? newest?.settled ?? false
  const checkedAt =
    success !== null ? checkedAtOf(success) : newest !== null ? confirmedAt(newest) : null
  const isLate = listed && isStale(archive, settled, checkedAt, at)
  const receipts = Object.values(state === null ? {} : receiptsIn(state))
  const verified = await lastVerification(archive, series)
  return {
    ...series,
    status: verified?.faults.some(isDamage)
      ? 'damaged'
      : statusOf(failed.length > 0, shrunk !== null, number, isLate, settled),
    plan: state?.status ?? 'none',
    number,
    settled,
    checkedAt,
    listed,
    failed,
    shrunk: shrunk && { rows: shrunk.rowCount, was: shrunk.was, since: shrunk.since },
    unknownFields: distinct(receipts.flatMap((receipt) => receipt.unknownFields)),
    drift: distinct(receipts.flatMap((receipt) => receipt.drift)),
    verified: verified && {
      at: verified.at,
      faults: verified.faults.length,
      repaired: verified.repaired.length,
    },
  }
}

function statusOf(
  isFailed: boolean,
  isWaiting: boolean,
  number: number | null,
  isLate: boolean,
  settled: boolean,
): SeriesHealth['status'] {
  if (isFailed) return 'failed'
  if (isWaiting) return 'waiting'
  if (number === null) return 'missing'
  if (isLate) return 'stale'
  return settled ? 'archived' : 'unsettled'
}

/** Unsettled series are checked daily, settled ones every `recheckDays`; each may be late by `staleMs`. */
function isStale(
  { policy }: HealthDeps,
  settled: boolean,
  checkedAt: string | null,
  now: Date,
): boolean {
  if (checkedAt === null) return false
  const allowedMs = (settled ? policy.recheckDays * DAY_MS : 0) + policy.staleMs
  return now.getTime() - Date.parse(checkedAt) > allowedMs
}

function receiptsIn(state: SeriesState) {
  return state.status === 'open' ? state.base : state.receipts
}

/** Failed parts of the open plan, or of the last one if it was closed as failed. */
async function failedParts(store: StateStore, state: SeriesState | null): Promise<FailedPart[]> {
  if (state === null) return []
  if (state.status === 'open') {
    const { failures } = await readParts({ state: store }, state)
    return Object.entries(failures).map(([part, failure]) => failedPart(part, failure))
  }
  const firstSuccess = state.outcomes.findIndex(({ status }) => status !== 'failed')
  const failedOutcomes = firstSuccess < 0 ? state.outcomes : state.outcomes.slice(0, firstSuccess)
  const [last, first] = [failedOutcomes[0], failedOutcomes.at(-1)]
  if (last === undefined || first === undefined) return []
  return last.failed.map(({ part, code, message }) => {
    return { part, code, message, since: first.closedAt, at: last.closedAt }
  })
}

function failedPart(part: string, { code, message, since, at }: Failure): FailedPart {
  return { part, code, message, since, at }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
