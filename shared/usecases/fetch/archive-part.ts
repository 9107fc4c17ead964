import { ArchiveError, hasCode } from '../../errors.ts'
import type { PartProgress } from '../../format/part-progress.ts'
import type { Receipt } from '../../format/part-record.ts'
import { seriesFields } from '../../format/series.ts'
import type { OpenState } from '../../format/series-state.ts'
import type { Log } from '../../log.ts'
import type { Archive } from '../archive.ts'
import type { PlanDriver } from '../plan/drive-plan.ts'
import { driveOpenPlan, driveState } from '../plan/drive-plan.ts'
import { DAMAGE, failRebuild } from '../plan/fail-rebuild.ts'
import type { PlanOpener } from '../plan/open-again.ts'
import { tryOpenAgain } from '../plan/open-again.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import type { PartMessage } from '../state/part-message.ts'
import { type ReadPartState, readPartState, readState } from '../state/read-state.ts'
import { sendParts } from '../state/send-parts.ts'
import type { Fetcher } from './fetch-part.ts'
import { fetchPart } from './fetch-part.ts'
import { noteLeft, recordFailure, saveProgress, saveReceipt } from './part-outcome.ts'
import type { Rebuilder } from './rebuild-part.ts'
import { rebuildPart } from './rebuild-part.ts'

/** What working on a part takes. */
export type PartWorker = PlanDriver & Fetcher & Rebuilder

/** Failures of a fetch that retrying the message can't fix: recorded at once, with the reason. */
const FINAL_CODES = [
  'SOURCE_BAD_REQUEST',
  'SOURCE_UNAUTHORIZED',
  'SOURCE_FORBIDDEN',
  'SOURCE_NOT_FOUND',
  'SOURCE_UNEXPECTED_STATUS',
  'SOURCE_FOREIGN_LINK',
  'SOURCE_BAD_VALUE',
  'SOURCE_ENDLESS',
  'SECRET_NOT_FOUND',
  'ROWS_TOO_LARGE',
  'ROWS_NOT_A_ROW',
  'ROWS_HIDDEN',
] as const

/**
 * Handles one delivery of one message: fetches the part, or rebuilds its files, writes its receipt, and seals
 * the plan if that was the last part; then opens the plan that was requested to follow. Duplicate or late
 * deliveries change nothing. Rejects if another delivery may succeed; a final failure is recorded in
 * `billing-state` instead. A message for a newer program's plan is left to that program: it rejects with
 * `CATALOGUE_TOO_OLD` and records no failure.
 */
export async function archivePart(
  archive: PartWorker & PlanOpener,
  message: PartMessage,
  signal: AbortSignal,
): Promise<void> {
  if (await workOnPart(archive, message, signal))
    await tryOpenAgain(archive, message.series, signal)
}

/** The same without opening the plan that follows; true if one was requested. */
export async function workOnPart(
  archive: PartWorker,
  message: PartMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const { series, planId, part } = message
  const log = archive.log.with({ ...seriesFields(series), plan: planId, part })
  const { state, etag, at } = await readState(archive.state, series)
  if (state?.status === 'sealing' && etag !== null && state.plan.id === planId) {
    // A redelivery: the worker that committed the plan may have died before finishing it.
    await driveState(archive, state, etag, at, 'stale')
    return state.plan.again !== undefined
  }
  if (state?.status !== 'open' || state.plan.id !== planId || !state.plan.parts.includes(part)) {
    log.info('part.dropped', { why: 'its plan is no longer open' })
    return false
  }
  if (!isKnownPlan(archive, state)) {
    await noteLeft(archive, message)
    const { rowsVersion } = state.plan
    const what = `the plan wants version ${rowsVersion} of the columns of ${series.dataset}`
    const why = 'which this program does not know: a newer program will take the message'
    throw new ArchiveError('CATALOGUE_TOO_OLD', `${what}, ${why}`)
  }
  if (at.toISOString() < state.plan.freshAfter) {
    log.info('part.dropped', {
      why: 'too early: its plan waits before the second fetch',
    })
    return false
  }
  // This ETag decides between overlapping deliveries, so it is read before the first request to the source.
  const before = await readPartState(archive.state, series, planId, part)
  const isRebuild = state.plan.rebuild !== undefined
  if (isFresh(before, state, archive.policy.sealSkewMs)) {
    log.info('part.dropped', { why: 'it already has a fresh receipt' })
  } else {
    try {
      const makePart = isRebuild ? rebuildPart : fetchPart
      const fetched = await makePart(archive, { open: state, part, before }, signal, log)
      if (fetched.kind !== 'part') {
        const delaySeconds = fetched.kind === 'pending' ? delayOf(fetched.retryAfterMs) : 0
        await goOnLater(archive, state, message, fetched.progress, before, delaySeconds, log)
        return false
      }
      await saveReceipt(archive, message, fetched.receipt, before, log)
    } catch (error) {
      const old = before.state?.receipt ?? null
      if (signal.aborted) await noteAndRethrow(archive, message, endedWithin(error), old)
      const finalCodes = isRebuild ? DAMAGE : FINAL_CODES
      if (!hasCode(error, ...finalCodes)) await noteAndRethrow(archive, message, error, old)
      await recordFailure(archive, message, error, old)
      return isRebuild && (await failRebuild(archive, message, error))
    }
  }
  return driveOpenPlan(archive, series)
}

/** The failure of a part whose invocation had to end first. Writing it uses no signal. */
function endedWithin(cause: unknown): ArchiveError {
  const why = cause instanceof ArchiveError ? `: ${cause.message}` : ''
  return new ArchiveError(
    'INVOCATION_ENDED',
    `the function's time ran out, or its host stopped, before the part was done${why}; it will be tried again`,
    { cause },
  )
}

/** Records the reason; the queue delivers the message again. */
async function noteAndRethrow(
  archive: Pick<Archive, 'state' | 'log'>,
  message: PartMessage,
  error: unknown,
  old: Receipt | null,
): Promise<never> {
  // If storage itself is failing, the note can't be written either.
  const isStorage = hasCode(error, 'STORAGE_UNAVAILABLE', 'CONDITION_NOT_MET', 'ALREADY_EXISTS')
  if (!isStorage) await recordFailure(archive, message, error, old)
  throw error
}

function isFresh(read: ReadPartState, open: OpenState, skewMs: number): boolean {
  const checkedAt = read.state?.receipt?.part.checkedAt
  if (checkedAt === undefined || checkedAt < open.plan.freshAfter) return false
  if (open.plan.rebuild !== undefined) return true // its receipts keep the times of older checks
  return read.at.getTime() - Date.parse(checkedAt) <= skewMs
}

/**
 * Limits of the delay that a source asks for while it prepares a part, in seconds: it is not asked without a
 * pause, and one nonsensical answer does not outlast the plan.
 */
const MIN_DELAY_SECONDS = 1
const MAX_DELAY_SECONDS = 6 * 3_600

function delayOf(retryAfterMs: number): number {
  const seconds = Math.ceil(retryAfterMs / 1_000)
  return Math.min(MAX_DELAY_SECONDS, Math.max(MIN_DELAY_SECONDS, seconds))
}

/** Saves the progress of a part that is not done, and queues its continuation. */
async function goOnLater(
  archive: Pick<Archive, 'state' | 'queue' | 'policy'>,
  open: OpenState,
  message: PartMessage,
  progress: PartProgress,
  before: ReadPartState,
  delaySeconds: number,
  log: Log,
): Promise<void> {
  if (await saveProgress(archive, message, progress, before, delaySeconds)) {
    await sendParts(archive, open, [message.part], delaySeconds)
  } else {
    log.info('part.overtaken', { attempt: progress.attempt })
  }
}
