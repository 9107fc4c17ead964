/** What became of a part, kept in `billing-state`: a receipt, or why there is none. */
import { ArchiveError, describeError, hasCode } from '../errors.ts'
import { type Log, redact } from '../log.ts'
import { partStateName } from '../snapshots/layout.ts'
import type { PartProgress } from '../snapshots/part-progress.ts'
import type { Receipt } from '../snapshots/part-record.ts'
import { seriesLabel } from '../snapshots/series.ts'
import { nextPartState, type PartState, partStateBytes } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { isKnownPlan } from './known-plan.ts'
import type { PartMessage } from './part-message.ts'
import { type ReadPartState, readPartState, readState } from './read-state.ts'
import { partStateMetadata, resendPart } from './send-parts.ts'

/** Writes against others who change the same part's state: sweep, joins, an overlapping delivery. */
const MAX_WRITES = 5

/**
 * Saves the receipt under the tag read before the first request. A conflict is answered by reading
 * back: our own id is success; another's receipt counts, and our files are leftovers.
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
    ;({ etag, state } = found) // only a note (sent again, failed) came between
  }
  throw new ArchiveError(
    'CONDITION_NOT_MET',
    'the part is being changed too often; tried again later',
  )
}

/**
 * Saves how far a long part is, under the tag read before the first request. False if another delivery was
 * faster: then our segment's files are leftovers.
 */
export async function saveProgress(
  archive: Pick<Archive, 'state'>,
  message: PartMessage,
  progress: PartProgress,
  before: ReadPartState,
): Promise<boolean> {
  let { etag, state } = before
  for (let write = 1; write <= MAX_WRITES; write++) {
    const next = nextPartState(state, {
      failure: null,
      sentAt: before.at.toISOString(),
      progress,
    })
    if (await writePartState(archive, message, next, etag)) return true
    const found = await readPartState(archive.state, message.series, message.planId, message.part)
    if (found.state?.progress?.attempt === progress.attempt) return true
    const isOurs =
      found.state?.progress?.attempt === before.state?.progress?.attempt &&
      found.state?.receipt?.attempt === before.state?.receipt?.attempt
    if (!isOurs) return false
    ;({ etag, state } = found) // only a note (sent again, failed) came between
  }
  throw new ArchiveError(
    'CONDITION_NOT_MET',
    'the part is being changed too often; tried again later',
  )
}

/**
 * Keeps why a part failed, unless it has a receipt after all: one that was not there `before` the attempt.
 * An older receipt stays beside the failure.
 */
export async function recordFailure(
  archive: Pick<Archive, 'state' | 'log'>,
  message: PartMessage,
  error: unknown,
  before: Receipt | null = null,
): Promise<void> {
  const { series, planId, part } = message
  const described = describeError(error)
  // A server may echo a key in its error; it must not reach a blob, either.
  const failure = { ...described, message: redact(described.message) }
  for (let write = 1; write <= MAX_WRITES; write++) {
    const found = await readPartState(archive.state, series, planId, part)
    const receipt = found.state?.receipt ?? null
    if (receipt !== null && receipt.attempt !== before?.attempt) return
    const at = found.at.toISOString()
    const since = found.state?.failure?.since ?? at
    // What changed under us, or can't be mended, is begun anew; after any other failure it goes on.
    const mayGoOn = !hasCode(error, 'SOURCE_CHANGED', 'SOURCE_INTERRUPTED')
    const next = nextPartState(found.state, {
      failure: { ...failure, since, at },
      ...(mayGoOn ? {} : { progress: null }),
    })
    if (await writePartState(archive, message, next, found.etag)) break
  }
  archive.log.error('part.failed', { series: seriesLabel(series), plan: planId, part, ...failure })
}

/** Notes that the part's message was left to a newer program: should its deliveries be used up, that is no failure. */
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
  // If somebody else writes in this moment, a newer program is at work already.
  await writePartState(archive, message, nextPartState(state, { leftAt: at.toISOString() }), etag)
}

/**
 * What the poison queue's handler does: keeps that the deliveries are used up, unless a reason is known. Where
 * they were left to a newer program, and this is it, the message is put on the queue again.
 */
export async function recordExhausted(
  archive: Pick<Archive, 'state' | 'log' | 'queue' | 'config' | 'catalogue'>,
  message: PartMessage,
): Promise<void> {
  const { series, planId, part } = message
  const { state } = await readPartState(archive.state, series, planId, part)
  if (state?.failure) return
  if (state?.leftAt !== undefined) return sendToNewer(archive, message)
  const why = 'every delivery of its message failed; the sweep tries it again later'
  await recordFailure(archive, message, new ArchiveError('ATTEMPTS_EXHAUSTED', why))
}

async function sendToNewer(
  archive: Pick<Archive, 'state' | 'log' | 'queue' | 'config' | 'catalogue'>,
  { series, planId, part }: PartMessage,
): Promise<void> {
  const { state } = await readState(archive.state, series)
  const isOpen = state?.status === 'open' && state.plan.id === planId
  // Otherwise the sweep of the newer program misses the message when it can no longer exist.
  if (isOpen && isKnownPlan(archive.catalogue, state)) await resendPart(archive, state, part)
  archive.log.info('part.left', { series: seriesLabel(series), plan: planId, part })
}

async function writePartState(
  archive: Pick<Archive, 'state'>,
  { series, planId, part }: PartMessage,
  next: PartState,
  etag: string | null,
): Promise<boolean> {
  try {
    const name = partStateName(series, planId, part)
    await archive.state.write(name, partStateBytes(next), etag, partStateMetadata(next))
    return true
  } catch (error) {
    if (hasCode(error, 'CONDITION_NOT_MET')) return false
    throw error
  }
}
