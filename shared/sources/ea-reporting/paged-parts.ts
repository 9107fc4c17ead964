/** Fetches parts as pages of rows, from the first page or from where an earlier segment ended. */
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError } from '../../errors.ts'
import type { Validator } from '../../format/part-record.ts'
import type { Counter } from '../http/retried-request.ts'
import type { FetchResult, PartRequest, Source } from '../source.ts'
import { askedForOf } from './asked-for.ts'
import { type ResumePoint, resumePoint } from './cursor.ts'
import { expired } from './errors.ts'
import type { Fetched, PageRequest } from './page-requests.ts'
import { type PartRowsOptions, partRows } from './part-rows.ts'
import { API_VERSION, nextPageUrl, partUrl, usableTag } from './routes.ts'

/** Fetches parts, with any page fetcher. */
export function pagedParts(options: PartRowsOptions): Source['fetch'] {
  const { endpoint, fetchPage } = options

  async function fromStart(
    request: PartRequest,
    validator: Validator | null,
    signal: AbortSignal,
  ): Promise<FetchResult> {
    const firstUrl = partUrl(endpoint, request)
    const { rowsVersion } = request
    const counter: Counter = { requests: 0 }
    const pages = pagesOf(request)
    const etag = usableTag(validator, firstUrl, rowsVersion)
    const first = await fetchPage({ ...pages, url: firstUrl, etag }, counter, signal)
    if (first === null) return { kind: 'unchanged', requests: counter.requests }
    const tag =
      first.etag === null
        ? null
        : { url: firstUrl, etag: first.etag, apiVersion: API_VERSION, rowsVersion }
    const known = { validator: tag, envelope: {} }
    const from = { url: firstUrl, rowsToSkip: 0 }
    const start = { firstUrl, request: pages, first, from, known, counter, signal }
    return partRows(options, start)
  }

  async function behind(
    request: PartRequest,
    { facts, ...resume }: ResumePoint,
    signal: AbortSignal,
  ): Promise<FetchResult> {
    const firstUrl = partUrl(endpoint, request)
    const url = nextPageUrl(endpoint, JSON.stringify(resume.url), firstUrl) ?? resume.url
    const from = { ...resume, url }
    const counter: Counter = { requests: facts.requests }
    const pages = pagesOf(request)
    const found = await fetchPage({ ...pages, url, etag: null }, counter, signal).catch(expired)
    const first = found as Fetched // null is returned only for a conditional request
    let known = facts
    if (facts.validator?.url === url && facts.validator.etag !== first.etag) {
      // The comparison of rows decides; segments of an older version have only the ETag.
      if (from.rowsToSkip > 0 && from.skippedSha256 === undefined) {
        await first.page.discard()
        throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two segments')
      }
      known = { ...facts, validator: null }
    }
    const start = { firstUrl, request: pages, first, from, known, counter, signal }
    return partRows(options, start)
  }

  return async (request, known, cursor, signal) =>
    cursor === null
      ? fromStart(request, known, signal)
      : behind(request, resumePoint(cursor), signal)
}

function pagesOf({
  dataset,
  rowsVersion,
  enrollment,
}: PartRequest): Omit<PageRequest, 'url' | 'etag'> {
  const { shape } = askedForOf(dataset.name)
  return { enrollment, shape, layout: columnsAt(dataset, rowsVersion).layout }
}
