import { datasetNamed, layoutOf } from '../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { contentDigest } from '../rows/digest.ts'
import type { PartProgress } from '../snapshots/part-progress.ts'
import { isSamePart, type PartRecord, type Receipt } from '../snapshots/part-record.ts'
import { seriesLabel } from '../snapshots/series.ts'
import type { OpenState } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { driveOpenPlan, driveState } from './drive-plan.ts'
import { partFiles } from './part-files.ts'
import type { PartMessage } from './part-message.ts'
import { recordFailure, saveProgress, saveReceipt } from './part-outcome.ts'
import { type ReadPartState, readPartState, readState } from './read-state.ts'
import { blockDigestsOf, joinSegments, writeSegment } from './segments.ts'
import { sendParts } from './send-parts.ts'

/** Times that a part starts over when its source changes under it, the first included. */
const MAX_STARTS = 3

/** Failures that no further try of the same message can mend: kept at once, with the reason. */
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
  'DECIMAL_TOO_LONG',
] as const

/**
 * One delivery of one message: fetches the part, writes its files, then its receipt, and seals the plan
 * if that was the last one. Delivering a message twice, or late, changes nothing. Rejects where
 * another delivery may do better; a failure that is final is kept in `billing-state` instead.
 */
export async function archivePart(
  archive: Archive,
  message: PartMessage,
  signal: AbortSignal,
): Promise<void> {
  const { series, planId, part } = message
  const log = archive.log.with({ series: seriesLabel(series), plan: planId, part })
  const { state, etag, at } = await readState(archive.state, series)
  if (state?.status === 'sealing' && etag !== null && state.plan.id === planId) {
    // The message comes again, so whoever committed the plan may have died before its end.
    await driveState(archive, state, etag, at, 'stale')
    return
  }
  if (state?.status !== 'open' || state.plan.id !== planId || !state.plan.parts.includes(part)) {
    log.info('part.dropped', { why: 'its plan is no longer open' })
    return
  }
  // This tag decides between overlapping deliveries, so it is read before the source is asked.
  const before = await readPartState(archive.state, series, planId, part)
  if (isFresh(before, state, archive.config.SEAL_SKEW_MINUTES)) {
    log.info('part.dropped', { why: 'it has a fresh receipt' })
  } else {
    try {
      const fetched = await fetchPart(archive, { open: state, part, before }, signal, log)
      if (fetched.kind === 'segment') {
        await goOnLater(archive, state, message, fetched.progress, before, log)
        return
      }
      await saveReceipt(archive, message, fetched.receipt, before, log)
    } catch (error) {
      signal.throwIfAborted()
      if (!hasCode(error, ...FINAL_CODES)) await noteAndRethrow(archive, message, error)
      await recordFailure(archive, message, error)
      return
    }
  }
  await driveOpenPlan(archive, series)
}

/** The queue delivers the message again; should it give up, the reason is known. */
async function noteAndRethrow(
  archive: Archive,
  message: PartMessage,
  error: unknown,
): Promise<never> {
  // Where storage itself is in trouble, a note can't be written either.
  const isStorage = hasCode(error, 'STORAGE_UNAVAILABLE', 'CONDITION_NOT_MET', 'ALREADY_EXISTS')
  if (!isStorage) await recordFailure(archive, message, error)
  throw error
}

function isFresh(read: ReadPartState, open: OpenState, skewMinutes: number): boolean {
  const checkedAt = read.state?.receipt?.part.checkedAt
  if (checkedAt === undefined || checkedAt < open.plan.freshAfter) return false
  return read.at.getTime() - Date.parse(checkedAt) <= skewMinutes * 60_000
}

/** Saves how far a long part is, and puts its continuation on the queue. */
async function goOnLater(
  archive: Archive,
  open: OpenState,
  message: PartMessage,
  progress: PartProgress,
  before: ReadPartState,
  log: Log,
): Promise<void> {
  if (await saveProgress(archive, message, progress, before)) {
    await sendParts(archive, open, [message.part])
  } else {
    log.info('part.overtaken', { attempt: progress.attempt })
  }
}

/** One delivery's work: which part of which plan, and what was known of it before. */
interface Work {
  readonly open: OpenState
  readonly part: string
  readonly before: ReadPartState
}

/** What one delivery came to: the whole part, or one segment of it. */
type Fetched =
  | { readonly kind: 'part'; readonly receipt: Receipt }
  | { readonly kind: 'segment'; readonly progress: PartProgress }

/** Fetches a part or its next segment, starting the part over where the source changed meanwhile. */
async function fetchPart(
  archive: Archive,
  work: Work,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  let progress = work.before.state?.progress ?? null
  for (let start = progress?.starts ?? 1; ; start++) {
    try {
      return await fetchOnce(archive, work, progress, start, signal, log)
    } catch (error) {
      const again = hasCode(error, 'SOURCE_CHANGED', 'SOURCE_INTERRUPTED')
      if (!again || start >= MAX_STARTS) throw error
      log.warn('part.restarted', { why: error.message, start })
      progress = null
    }
  }
}

async function fetchOnce(
  archive: Archive,
  { open, part, before }: Work,
  progress: PartProgress | null,
  starts: number,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  const { series, plan } = open
  const { config, source } = archive
  const dataset = datasetNamed(series.dataset)
  const { enrollment, billingPeriod } = series
  const request = { dataset, enrollment, billingPeriod, part }
  const base = before.state?.receipt ?? open.base[part] ?? null
  const checkedAt = before.at.toISOString()
  const believed = believedBase(base, before.at, config.FULL_FETCH_DAYS)
  const attempt = archive.newId()
  const answer =
    progress === null
      ? await source.fetchPart(request, believed?.validator ?? null, signal)
      : await source.resumePart(request, progress.resume, signal)
  if (answer.kind === 'unchanged') {
    if (believed === null) throw new ArchiveError('SOURCE_BAD_VALUE', '304 to no condition')
    log.info('part.unchanged', { requests: answer.requests, rows: believed.part.rowCount })
    const same = { ...believed.part, checkedAt }
    const receipt = { ...believed, part: same, attempt, requests: answer.requests, isNew: false }
    return { kind: 'part', receipt }
  }

  const target = { series, part, attempt, rowsVersion: plan.rowsVersion }
  const files = partFiles(archive, target, layoutOf(dataset))
  const { next, segment } = await writeSegment(
    archive,
    answer.batches,
    files,
    layoutOf(dataset),
    log,
  )
  const facts = answer.facts()
  const fetchedAt = progress?.fetchedAt ?? checkedAt
  if (next !== null) {
    const soFar = joinSegments(progress, segment, await files.commit())
    log.info('part.segment', { rows: segment.rowCount, rowsSoFar: soFar.rowCount })
    const resume = { ...next, facts }
    return { kind: 'segment', progress: { attempt, starts, fetchedAt, resume, ...soFar } }
  }

  const contentSha256 = contentDigest([
    ...(await blockDigestsOf(archive.snapshots, progress?.files ?? [])),
    ...segment.blockDigests,
  ])
  const { validator, envelope, requests } = facts
  if (base !== null && isSameContent(base.part, contentSha256, plan.rowsVersion)) {
    files.abandon()
    log.info('part.unchanged', { requests, rows: base.part.rowCount })
    const same = { ...base.part, fetchedAt, checkedAt }
    const { unknownFields } = base
    const receipt = { attempt, part: same, unknownFields, validator, requests, isNew: false }
    return { kind: 'part', receipt }
  }

  const { unknownFields, ...content } = joinSegments(progress, segment, await files.commit())
  const record: PartRecord = {
    key: part,
    fetchedAt,
    checkedAt,
    contentSha256,
    envelope,
    ...content,
  }
  log.info('part.written', {
    requests,
    rows: record.rowCount,
    bytes: record.files.reduce((sum, file) => sum + file.bytes, 0),
  })
  if (unknownFields.length > 0) {
    log.warn('part.unknown-fields', { fields: unknownFields.join(', ') })
  }
  const receipt = { attempt, part: record, unknownFields, validator, requests, isNew: true }
  return { kind: 'part', receipt }
}

/** A tag is believed for FULL_FETCH_DAYS after its rows were read. */
function believedBase(base: Receipt | null, now: Date, days: number): Receipt | null {
  if (base === null || base.validator === null) return null
  return now.getTime() - Date.parse(base.part.fetchedAt) < days * 86_400_000 ? base : null
}

function isSameContent(base: PartRecord, contentSha256: string, rowsVersion: number): boolean {
  const files = base.files.map((file) => ({ ...file, rowsVersion }))
  return isSamePart(base, { ...base, contentSha256, files })
}
