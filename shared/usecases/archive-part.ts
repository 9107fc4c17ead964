import { datasetNamed, layoutOf } from '../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { isSamePart, type PartRecord, type Receipt } from '../snapshots/part-record.ts'
import { seriesLabel } from '../snapshots/series.ts'
import type { OpenState } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { drivePlan } from './drive-plan.ts'
import { partFiles } from './part-files.ts'
import type { PartMessage } from './part-message.ts'
import { recordFailure, saveReceipt } from './part-outcome.ts'
import { type ReadPartState, readPartState, readState } from './read-state.ts'

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
  const { state } = await readState(archive.state, series)
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
      const receipt = await fetchPart(archive, state, part, before, signal, log)
      await saveReceipt(archive, message, receipt, before, log)
    } catch (error) {
      signal.throwIfAborted()
      if (!hasCode(error, ...FINAL_CODES)) await noteAndRethrow(archive, message, error)
      await recordFailure(archive, message, error)
      return
    }
  }
  await drivePlan(archive, series, { resend: 'stale' })
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

/** Fetches a part, starting over where the source changed meanwhile. */
async function fetchPart(
  archive: Archive,
  open: OpenState,
  part: string,
  before: ReadPartState,
  signal: AbortSignal,
  log: Log,
): Promise<Receipt> {
  for (let start = 1; ; start++) {
    try {
      return await fetchOnce(archive, open, part, before, signal, log)
    } catch (error) {
      const again = hasCode(error, 'SOURCE_CHANGED', 'SOURCE_INTERRUPTED')
      if (!again || start >= MAX_STARTS) throw error
      log.warn('part.restarted', { why: error.message, start })
    }
  }
}

async function fetchOnce(
  archive: Archive,
  open: OpenState,
  part: string,
  before: ReadPartState,
  signal: AbortSignal,
  log: Log,
): Promise<Receipt> {
  const { series, plan } = open
  const dataset = datasetNamed(series.dataset)
  const base = before.state?.receipt ?? open.base[part] ?? null
  const checkedAt = before.at.toISOString()
  const believed = believedBase(base, before.at, archive.config.FULL_FETCH_DAYS)
  const request = {
    dataset,
    enrollment: series.enrollment,
    billingPeriod: series.billingPeriod,
    part,
  }
  const attempt = archive.newId()
  const answer = await archive.source.fetchPart(request, believed?.validator ?? null, signal)
  if (answer.kind === 'unchanged') {
    if (believed === null) throw new ArchiveError('SOURCE_BAD_VALUE', '304 to no condition')
    log.info('part.unchanged', { requests: answer.requests, rows: believed.part.rowCount })
    const same = { ...believed.part, checkedAt }
    return { ...believed, part: same, attempt, requests: answer.requests, isNew: false }
  }

  const target = { series, part, attempt, rowsVersion: plan.rowsVersion }
  const files = partFiles(archive.snapshots, target, layoutOf(dataset))
  for await (const batch of answer.batches) {
    await files.add(batch)
    log.debug('part.progress', { rows: batch.rows })
  }
  const { unknownFields, ...content } = await files.end()
  const { validator, envelope, requests } = answer.finish()
  if (base !== null && isSameContent(base.part, content.contentSha256, plan.rowsVersion)) {
    log.info('part.unchanged', { requests, rows: content.rowCount })
    const same = { ...base.part, fetchedAt: checkedAt, checkedAt }
    return { attempt, part: same, unknownFields, validator, requests, isNew: false }
  }

  const record: PartRecord = {
    key: part,
    fetchedAt: checkedAt,
    checkedAt,
    ...content,
    envelope,
    files: await files.commit(),
  }
  log.info('part.written', {
    requests,
    rows: record.rowCount,
    bytes: record.files.reduce((sum, file) => sum + file.bytes, 0),
  })
  if (unknownFields.length > 0) {
    log.warn('part.unknown-fields', { fields: unknownFields.join(', ') })
  }
  return { attempt, part: record, unknownFields, validator, requests, isNew: true }
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
