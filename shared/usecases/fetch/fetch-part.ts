/** Fetches a part from its source into files, or finds it unchanged. */
import { columnsAt } from '../../datasets/columns-at.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import type { PartProgress } from '../../format/part-progress.ts'
import type { PartRecord, Receipt } from '../../format/part-record.ts'
import type { OpenState } from '../../format/series-state.ts'
import type { Log } from '../../log.ts'
import { type AnswerFacts, offerOf, sourceOf } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import type { ReadPartState } from '../state/read-state.ts'
import { type PartFiles, partFiles } from './part-files.ts'
import { logShape, logWritten } from './part-log.ts'
import { joinSegments, NO_SEGMENTS, partContent, writeSegment } from './segments.ts'
import { slicedFiles } from './sliced-files.ts'

/** How often a part is started at most when its source changes during the fetch. */
const MAX_STARTS = 3

/** The work of one delivery: the part, its plan, and what was known before. */
export interface Work {
  readonly open: OpenState
  readonly part: string
  readonly before: ReadPartState
}

/** The result of one delivery: the whole part, one segment of it, or nothing yet. */
export type Fetched =
  | { readonly kind: 'part'; readonly receipt: Receipt }
  | { readonly kind: 'segment'; readonly progress: PartProgress }
  | { readonly kind: 'pending'; readonly progress: PartProgress; readonly retryAfterMs: number }

/** What fetching a part takes. */
export type Fetcher = Pick<
  Archive,
  | 'sources'
  | 'catalogue'
  | 'snapshots'
  | 'policy'
  | 'texts'
  | 'sliceSlots'
  | 'deflate'
  | 'newId'
  | 'elapsedMs'
>

/** Fetches a part or its next segment, and starts the part over if the source changes meanwhile. */
export async function fetchPart(
  archive: Fetcher,
  work: Work,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  if (!isSliced(archive, work)) return fetchInTries(archive, work, partFiles, signal, log)
  const free = await archive.sliceSlots.take(signal)
  try {
    return await fetchInTries(archive, work, slicedFiles, signal, log)
  } finally {
    free()
  }
}

/** True if the part's rows are cut into slices. A part continues as it began. */
function isSliced({ sources }: Pick<Fetcher, 'sources'>, { open, before }: Work): boolean {
  const { source, dataset } = open.series
  const [file] = before.state?.progress?.files ?? []
  if (file !== undefined) return file.slice !== undefined
  return offerOf(sourceOf(sources, source).definition, dataset)?.isSliced === true
}

async function fetchInTries(
  archive: Fetcher,
  work: Work,
  filesOf: typeof slicedFiles,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  let progress = work.before.state?.progress ?? null
  const began = archive.elapsedMs()
  for (let start = progress?.starts ?? 1; ; start++) {
    try {
      const one = { progress, starts: start, began, filesOf }
      return await fetchOnce(archive, work, one, signal, log)
    } catch (error) {
      const again = hasCode(error, 'SOURCE_CHANGED', 'SOURCE_INTERRUPTED')
      // Another start may take as long as this one; if the time is up, another delivery makes it.
      const isLate = archive.elapsedMs() - began >= archive.policy.partMs
      if (!again || start >= MAX_STARTS || isLate) throw error
      log.warn('part.restarted', { why: error.message, start })
      progress = null
    }
  }
}

function datasetOf({ catalogue }: Pick<Archive, 'catalogue'>, name: string): Dataset {
  const dataset = catalogue.find(name)
  if (dataset !== null) return dataset
  throw new ArchiveError(
    'CATALOGUE_TOO_OLD',
    `this program does not know the dataset ${name}: use the newer program that planned it`,
  )
}

/** Where a try begins. */
interface Try {
  /** Where the part's last segment ended; null at the part's start. */
  readonly progress: PartProgress | null
  /** How often the part has been started, including this time. */
  readonly starts: number
  /** When the delivery began: `partMs` covers all of its tries. */
  readonly began: number
  /** Starts its files. */
  readonly filesOf: typeof slicedFiles
}

async function fetchOnce(
  archive: Fetcher,
  work: Work,
  { progress, starts, began, filesOf }: Try,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  const { open, part, before } = work
  const { dataset: name, enrollment, billingPeriod } = open.series
  const { rowsVersion } = open.plan
  const dataset = datasetOf(archive, name)
  const { layout } = columnsAt(dataset, rowsVersion)
  const request = { dataset, rowsVersion, enrollment, billingPeriod, part }
  const base = before.state?.receipt ?? open.base[part] ?? null
  // If rows appear to be lost, fetch unconditionally: the ETag may be wrong.
  const isDoubted = open.plan.shrunk !== null
  const believed = isDoubted
    ? null
    : believedBase(base, rowsVersion, before.at, archive.policy.fullFetchMs)
  const attempt = archive.newId()
  const known = believed?.validator ?? null
  const cursor = progress?.resume ?? null
  const source = sourceOf(archive.sources, open.series.source)
  const answer = await source.fetch(request, known, cursor, signal)
  const checkedAt = before.at.toISOString()
  const fetchedAt = progress?.fetchedAt ?? checkedAt
  if (answer.kind === 'pending') {
    const { cursor: resume, retryAfterMs } = answer
    log.info('part.pending', { retryAfterMs })
    const soFar = { ...NO_SEGMENTS, ...progress, attempt, starts, fetchedAt, resume }
    return { kind: 'pending', progress: soFar, retryAfterMs }
  }
  if (answer.kind === 'unchanged') {
    if (believed === null)
      throw new ArchiveError(
        'SOURCE_BAD_VALUE',
        'the source answered 304 to a request without If-None-Match',
      )
    const { requests } = answer
    return unchanged(believed, { checkedAt }, { attempt, requests }, log)
  }

  const target = { series: open.series, part, attempt, rowsVersion }
  const files = filesOf(archive, target, layout, progress?.rowCount ?? 0)
  const { next, segment } = await writeSegment(archive, answer.batches, files, layout, log, began)
  const facts = answer.facts()
  if (next !== null) {
    const soFar = joinSegments(progress, segment, await orAbandon(files, files.commit()))
    log.info('part.segment', { rows: segment.rowCount, rowsSoFar: soFar.rowCount })
    return { kind: 'segment', progress: { attempt, starts, fetchedAt, resume: next, ...soFar } }
  }

  const finished = files.finish(progress?.files ?? [], base?.part ?? null)
  const content = await orAbandon(files, finished)
  if (content === base?.part) {
    const { validator, envelope, requests } = facts
    const said = { fetchedAt, checkedAt, envelope }
    return unchanged({ ...base, validator }, said, { attempt, requests }, log)
  }
  const all = partContent(joinSegments(progress, segment, []))
  logShape(log, open, all)
  const times = { fetchedAt, checkedAt }
  const receipt = receiptOf(part, { ...all, ...content }, times, facts, attempt)
  logWritten(log, receipt, base)
  return { kind: 'part', receipt }
}

/** Discards what will not be visible if `visible` fails. */
async function orAbandon<T>(files: PartFiles, visible: Promise<T>): Promise<T> {
  try {
    return await visible
  } catch (error) {
    files.abandon()
    throw error
  }
}

/** The receipt of a part that keeps an older receipt's files; `said`: the rest of this answer. */
function unchanged(
  base: Receipt,
  said: Partial<Pick<PartRecord, 'fetchedAt' | 'checkedAt' | 'envelope'>>,
  made: Pick<Receipt, 'attempt' | 'requests'>,
  log: Log,
): Fetched {
  log.info('part.unchanged', { requests: made.requests, rows: base.part.rowCount })
  const part = { ...base.part, ...said }
  return { kind: 'part', receipt: { ...base, ...made, part, isNew: false } }
}

/** The receipt of a part with files of its own. */
function receiptOf(
  key: string,
  {
    unknownFields,
    drift,
    ...content
  }: ReturnType<typeof partContent> & Pick<PartRecord, 'contentSha256'>,
  times: Pick<PartRecord, 'fetchedAt' | 'checkedAt'>,
  { validator, envelope, requests }: AnswerFacts,
  attempt: string,
): Receipt {
  const part: PartRecord = { key, ...times, ...content, envelope }
  return { attempt, part, unknownFields, drift, validator, requests, isNew: true }
}

/**
 * An ETag is trusted for `fullFetchMs` after its rows were read, and only for files with the columns that
 * the plan wants: an older or newer program may have written them.
 */
function believedBase(
  base: Receipt | null,
  rowsVersion: number,
  now: Date,
  fullFetchMs: number,
): Receipt | null {
  if (base === null || base.validator === null) return null
  if (base.part.files.some((file) => file.rowsVersion !== rowsVersion)) return null
  return now.getTime() - Date.parse(base.part.fetchedAt) < fullFetchMs ? base : null
}
