import pMap from 'p-map'
import type { Receipt } from '../../format/part-record.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import type { Failure, OpenState, SeriesState } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { closeIfSealed, commitPlan, driveSealing } from '../seal/seal.ts'
import { failPlan } from '../state/close-plan.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import { partStatuses, readPartState, readState } from '../state/read-state.ts'
import { resendPart, sendPlan } from '../state/send-parts.ts'

/** What driving a plan takes. */
export type PlanDriver = Pick<
  Archive,
  | 'state'
  | 'snapshots'
  | 'view'
  | 'encoder'
  | 'queue'
  | 'log'
  | 'writer'
  | 'policy'
  | 'newId'
  | 'catalogue'
  | 'sources'
>

/**
 * Which parts may be queued again: `stale`, those whose receipts are too old to be sealed together; `lost`,
 * also those whose message can no longer exist; `failed`, also those that failed. A worker uses the first,
 * the sweep the second, a timer's join the third.
 */
export type Resend = 'stale' | 'lost' | 'failed'

const REACH: Record<Resend, number> = { stale: 0, lost: 1, failed: 2 }

/** How many receipts are read concurrently. */
const READ_CONCURRENCY = 8

/**
 * Called by a worker when its part is done: seals the plan if that was the last part. A plan that is already
 * sealing is left to the worker that committed it, so that they do not all build the same view; if that
 * worker dies, its message is redelivered, and the sweep comes anyway. True if a follow-up plan was
 * requested.
 */
export async function driveOpenPlan(archive: PlanDriver, series: Series): Promise<boolean> {
  const { state, etag, at } = await readState(archive.state, series)
  if (state?.status !== 'open' || etag === null) return false
  await driveOpen(archive, state, etag, at, 'stale')
  return state.plan.again !== undefined
}

/**
 * Advances a series' plan, from the state just read, as far as possible: an open plan with fresh receipts is
 * sealed, a sealing one is finished, an open one past its deadline is closed as failed. Safe to call at any
 * time, from any process.
 */
export async function driveState(
  archive: PlanDriver,
  state: SeriesState,
  etag: string,
  at: Date,
  resend: Resend,
): Promise<void> {
  if (state.status === 'sealing') return driveSealing(archive, state, etag)
  if (state.status === 'open') return driveOpen(archive, state, etag, at, resend)
}

async function driveOpen(
  archive: PlanDriver,
  open: OpenState,
  etag: string,
  at: Date,
  resend: Resend,
): Promise<void> {
  if (!isKnownPlan(archive, open)) return leaveOpen(archive, open, etag, at)
  const statuses = await partStatuses(archive.state, open.series, open.plan.id)
  const { parts } = open.plan
  const checkedAt = (part: string): string | undefined => statuses.get(part)?.['checkedat']
  const waiting = parts.filter((part) => checkedAt(part) === undefined)

  if (waiting.length === 0) {
    const stale = staleParts(parts, checkedAt, open, archive.policy.sealSkewMs, at)
    if (stale.length === 0) return sealOpen(archive, open, etag)
    if (at.toISOString() > open.plan.deadline) return failOpen(archive, open, etag, stale, at)
    if (at.toISOString() < open.plan.freshAfter) return // too early to fetch again
    const { requeueAfterMs } = archive.policy
    for (const part of stale) {
      if (isPast(statuses.get(part)?.['sentat'], at, requeueAfterMs)) {
        await resendPart(archive, open, part)
      }
    }
    return
  }
  if (at.toISOString() > open.plan.deadline) return failOpen(archive, open, etag, waiting, at)
  if (REACH[resend] < REACH.lost) return

  const { sentAt } = open.plan
  if (sentAt === null) return sendPlan(archive, open, etag, waiting, at)
  for (const part of waiting) {
    const status = statuses.get(part) ?? {}
    const failedAt = status['failedat']
    const since = later(status['sentat'] ?? sentAt, failedAt)
    const lost = isPast(since, at, archive.policy.requeueAfterMs)
    const mayRetry = REACH[resend] >= REACH.failed && failedAt !== undefined
    if (lost || (mayRetry && failedAt >= (status['sentat'] ?? sentAt))) {
      await resendPart(archive, open, part)
    }
  }
}

/** How an older program treats a newer one's plan: it leaves it alone, but closes it past its deadline. */
async function leaveOpen(
  archive: PlanDriver,
  open: OpenState,
  etag: string,
  at: Date,
): Promise<void> {
  const { series, plan } = open
  if (at.toISOString() > plan.deadline) return failOpen(archive, open, etag, plan.parts, at)
  archive.log.info('plan.left', { ...seriesFields(series), plan: plan.id, why: TOO_OLD })
}

const TOO_OLD = 'a newer program opened it, with columns that this program does not know'

/**
 * Parts whose receipts are older than `freshAfter`, or too far from the newest check. All parts, if even the
 * newest check is too old for the time at which the plan would be sealed.
 */
function staleParts(
  parts: readonly string[],
  checkedAt: (part: string) => string | undefined,
  open: OpenState,
  skewMs: number,
  at: Date,
): string[] {
  if (open.plan.rebuild !== undefined) return [] // its receipts keep the times of older checks
  const times = parts.map((part) => Date.parse(checkedAt(part) ?? ''))
  const newest = Math.max(...times)
  if (at.getTime() - newest > skewMs) return [...parts]
  const earliest = Math.max(Date.parse(open.plan.freshAfter), newest - skewMs)
  return parts.filter((_, i) => (times[i] as number) < earliest)
}

async function sealOpen(archive: PlanDriver, open: OpenState, etag: string): Promise<void> {
  // A snapshot is not taken before its files existed, however long ago the state was read.
  const { receipts, at } = await readParts(archive, open)
  // Listing and reading are two moments: a part may have been checked again in between.
  const { parts } = open.plan
  if (parts.some((part) => receipts[part] === undefined)) return
  const checkedAt = (part: string): string | undefined => receipts[part]?.part.checkedAt
  if (staleParts(parts, checkedAt, open, archive.policy.sealSkewMs, at).length > 0) return
  await commitPlan(archive, open, etag, receipts, at)
}

async function failOpen(
  archive: PlanDriver,
  open: OpenState,
  etag: string,
  undone: readonly string[],
  at: Date,
): Promise<void> {
  const { receipts, failures } = await readParts(archive, open)
  if (await closeIfSealed(archive, open, etag, receipts)) return
  const isKnown = isKnownPlan(archive, open)
  const failed = undone.map((part) => {
    const reason = isKnown
      ? reasonOf(open, failures[part] ?? null, receipts[part] ?? null)
      : {
          code: 'CATALOGUE_TOO_OLD',
          message: `${TOO_OLD}, and did not finish it before its deadline`,
        }
    return { part, ...reason }
  })
  await failPlan(archive, open, etag, receipts, failed, at)
}

/** The state of a plan's parts, in full, and storage's clock when the last of them was read. */
export async function readParts(
  archive: Pick<Archive, 'state'>,
  open: OpenState,
): Promise<{
  receipts: Record<string, Receipt>
  failures: Record<string, Failure>
  at: Date
}> {
  let latest = 0
  const receipts: Record<string, Receipt> = {}
  const failures: Record<string, Failure> = {}
  const read = async (part: string): Promise<void> => {
    const { state, at } = await readPartState(archive.state, open.series, open.plan.id, part)
    latest = Math.max(latest, at.getTime())
    if (state?.receipt) receipts[part] = state.receipt
    if (state?.failure) failures[part] = state.failure
  }
  await pMap(open.plan.parts, read, { concurrency: READ_CONCURRENCY })
  return { receipts, failures, at: new Date(latest) }
}

function reasonOf(
  { plan }: OpenState,
  failure: Failure | null,
  receipt: Receipt | null,
): { code: string; message: string } {
  if (failure !== null) return { code: failure.code, message: failure.message }
  if (plan.shrunk !== null) {
    const { was, rowCount } = plan.shrunk
    const message = `its series fell from ${was} to ${rowCount} rows, and no second fetch has confirmed this`
    return { code: 'SHRUNK', message }
  }
  if (receipt !== null) {
    const { checkedAt } = receipt.part
    const message = `its last check, at ${checkedAt}, is too old to seal the plan`
    return { code: 'NOT_DONE', message }
  }
  return { code: 'NOT_DONE', message: 'no worker finished it before the deadline' }
}

function isPast(time: string | undefined, at: Date, ms: number): boolean {
  return time === undefined || at.getTime() - Date.parse(time) >= ms
}

function later(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a
}
