/** The outcome of a part, stored in `billing-state`: a receipt, or the reason why there is none. */
import { ArchiveError, describeError, hasCode } from '../../errors.ts'
import { partStateName } from '../../format/layout.ts'
import type { PartProgress } from '../../format/part-progress.ts'
import type { Receipt } from '../../format/part-record.ts'
import { seriesFields } from '../../format/series.ts'
import { nextPartState, type PartState, partStateBytes } from '../../format/series-state.ts'
import { type Log, redact } from '../../log.ts'
import type { Archive } from '../archive.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import type { PartMessage } from '../state/part-message.ts'
import { type ReadPartState, readPartState, readState } from '../state/read-state.ts'
import { partStateMetadata, resendPart } from '../state/send-parts.ts'

/**
 * Retries of a write that competes for the same part's state with the sweep, joins, or an overlapping
 * delivery.
 */
const MAX_WRITES = 5

/**
 * Saves the receipt if the ETag read before the first request still matches. A conflict is resolved by
 * reading back: our own id means success; another attempt's receipt wins, and our files are leftovers.
 */
export async function saveReceipt(
  archive: Pick<Archive, 'state'>,
  message: PartMessage,
  receipt: Receipt,
  before: ReadPartState,
  log: Log,
): Promise<void> {
  let { etag, state } = before
  for (let write = 1; write <= MAX_WRITES; write++) {
    const done = { receipt, failure: null, sentAt: null, progress: null }
    const next = nextPartState(state, done)
    if (await writePartState(archive, message, next, etag)) return
    const found = await readPartState(archive.state, message.series, message.planId, message.part)
    const other = found.state?.receipt ?? null
    if (other?.attempt === receipt.attempt) return
    if (other !== null && other.attempt !== before.state?.receipt?.attempt) {
      log.info('part.overtaken', { by: other.attempt, attempt: receipt.attempt })
      return
    }
    ;({ etag, state } = found) // only a note (queued again, failed) was written in between
  }
  throw new ArchiveError(
    'CONDITION_NOT_MET',
    'the state of the part changes too often; it will be tried again',
  )
}

/**
 * Saves the progress of a part that is not done if the ETag read before the first request still matches. False if another
 * delivery was faster: our segment's files are then leftovers. `delaySeconds`: how long the part's next
 * message is hidden.
 */
export async function saveProgress(
  archive: Pick<Archive, 'state'>,
  message: PartMessage,
  progress: PartProgress,
  before: ReadPartState,
  delaySeconds: number,
): Promise<boolean> {
  // A message counts as lost only when it could have been seen for as long as any other.
  const sentAt = new Date(before.at.getTime() + delaySeconds * 1_000).toISOString()
  let { etag, state } = before
  for (let write = 1; write <= MAX_WRITES; write++) {
    const next = nextPartState(state, {
      failure: null,
      sentAt,
      progress,
    })
    if (await writePartState(archive, message, next, etag)) return true
    const found = await readPartState(archive.state, message.series, message.planId, message.part)
    if (found.state?.progress?.attempt === progress.attempt) return true
    const isOurs =
      found.state?.progress?.attempt === before.state?.progress?.attempt &&
      found.state?.receipt?.attempt === before.state?.receipt?.attempt
    if (!isOurs) return false
    ;({ etag, state } = found) // only a note (queued again, failed) was written in between
  }
  throw new ArchiveError(
    'CONDITION_NOT_MET',
    'the state of the part changes too often; it will be tried again',
  )
}

/**
 * Records why a part failed, unless it has received a receipt since `before` the attempt. An older receipt
 * stays beside the failure.
 */
export async function recordFailure(
  archive: Pick<Archive, 'state' | 'log'>,
  message: PartMessage,
  error: unknown,
  before: Receipt | null = null,
): Promise<void> {
  const { series, planId, part } = message
  const described = describeError(error)
  // A server may echo a key in its error, which must not be stored either.
  const failure = { ...described, message: redact(described.message) }
  for (let write = 1; write <= MAX_WRITES; write++) {
    const found = await readPartState(archive.state, series, planId, part)
    const receipt = found.state?.receipt ?? null
    if (receipt !== null && receipt.attempt !== before?.attempt) return
    const at = found.at.toISOString()
    const since = found.state?.failure?.since ?? at
    // After a source change or a final error the part starts over; after any other failure it continues.
    const mayGoOn = !hasCode(error, 'SOURCE_CHANGED', 'SOURCE_INTERRUPTED')
    const next = nextPartState(found.state, {
      failure: { ...failure, since, at },
      ...(mayGoOn ? {} : { progress: null }),
    })
    if (await writePartState(archive, message, next, found.etag)) break
  }
  archive.log.error('part.failed', { ...seriesFields(series), plan: planId, part, ...failure })
}

/**
 * Records that the part's message was left to a newer program, so that using up its deliveries is not a
 * failure.
 */
export async function noteLeft(
  archive: Pick<Archive, 'state'>,
  message: PartMessage,
): Promise<void> {
  const { state, etag, at } = await readPartState(
    archive.state,
    message.series,
    message.planId,
    message.part,
  )
  // If there is a concurrent write, a newer program is already at work.
  await writePartState(archive, message, nextPartState(state, { leftAt: at.toISOString() }), etag)
}

/**
 * The use case of the poison queue: records that the deliveries are used up, unless a reason is already
 * recorded. If they were left to a newer program, and this is that program, the message is queued again.
 */
export async function recordExhausted(
  archive: Pick<Archive, 'state' | 'log' | 'queue' | 'policy' | 'catalogue' | 'sources'>,
  message: PartMessage,
): Promise<void> {
  const { series, planId, part } = message
  const { state } = await readPartState(archive.state, series, planId, part)
  if (state?.failure) return
  if (state?.leftAt !== undefined) return sendToNewer(archive, message)
  const why = 'all deliveries of its message failed; the sweep will try it again'
  await recordFailure(archive, message, new ArchiveError('ATTEMPTS_EXHAUSTED', why))
}

async function sendToNewer(
  archive: Pick<Archive, 'state' | 'log' | 'queue' | 'policy' | 'catalogue' | 'sources'>,
  { series, planId, part }: PartMessage,
): Promise<void> {
  const { state } = await readState(archive.state, series)
  const isOpen = state?.status === 'open' && state.plan.id === planId
  // Otherwise the newer program's sweep notices when the message can no longer exist.
  if (isOpen && isKnownPlan(archive, state)) await resendPart(archive, state, part)
  archive.log.info('part.left', { ...seriesFields(series), plan: planId, part })
}

async function writePartState(
  archive: Pick<Archive, 'state'>,
  { series, planId, part }: PartMessage,
  next: PartState,
  etag: string | null,
): Promise<boolean> {
  const name = partStateName(series, planId, part)
  const bytes = partStateBytes(next)
  return (await archive.state.write(name, bytes, etag, partStateMetadata(next))) !== null
}
