import { billingPeriods } from '../../datasets/billing-periods.ts'
import { layoutOf } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type RowBufferPool, rowBufferPool } from '../../rows/row-buffers.ts'
import { ALL_PART, ALL_PERIODS } from '../../snapshots/series.ts'
import type { HttpClient } from '../http-client.ts'
import type { KeyRing } from '../key-ring.ts'
import { originPause } from '../origin-pause.ts'
import type { RetryPolicy } from '../retry-delay.ts'
import type { PartRequest, Source } from '../source.ts'
import { authorizedGet } from './authorized-get.ts'
import { parseBillingPeriods } from './billing-periods.ts'
import { expired } from './errors.ts'
import { type Counter, type Fetched, type PageRequest, pageFetcher } from './page-requests.ts'
import { partRows } from './part-rows.ts'
import { API_VERSION, nextPageUrl, partUrl, usableTag } from './routes.ts'
import { words as wordsOf } from './said.ts'

export const EA_REPORTING = 'ea-reporting'

export interface EaReportingOptions {
  readonly endpoint: URL
  readonly http: HttpClient
  readonly keyRing: KeyRing
  readonly retry: RetryPolicy
  /** Pages up to this many bytes are received whole before any row is used. */
  readonly pageBytes: number
  /** Memory for the pages of all parts that are fetched at once; a pool of its own if absent. */
  readonly pool?: RowBufferPool
  readonly log: Log
  readonly now: () => Date
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Of all parts that are fetched at once; each takes about three MiB. */
const MAX_PAGES_IN_MEMORY = 8

/** The Enterprise Reporting APIs. */
export function eaReporting(options: EaReportingOptions): Source {
  const { endpoint, pool = rowBufferPool(MAX_PAGES_IN_MEMORY), pageBytes } = options
  const authorized = authorizedGet(options.http, options.keyRing, options.log)
  const pause = originPause(options.elapsedMs, options.random, options.sleep)
  const words = (text: string): string => wordsOf(text, authorized.withoutKeys)
  const reader = { pageBytes, pool, words }
  const fetchPage = pageFetcher({ ...options, authorized, reader, pause })
  const rowsOptions = { endpoint, fetchPage, authorized }

  const source: Source = {
    kind: EA_REPORTING,
    apiVersion: API_VERSION,
    parseBillingPeriods,

    async listBillingPeriods(enrollment, signal) {
      const request = {
        dataset: billingPeriods,
        enrollment,
        billingPeriod: ALL_PERIODS,
        part: ALL_PART,
      }
      const answer = await source.fetchPart(request, null, signal)
      const lines: Buffer[] = []
      let bytes = 0
      for await (const { batch } of answer.kind === 'rows' ? answer.batches : []) {
        bytes += batch.lines.length
        if (bytes > pageBytes) {
          throw new ArchiveError('ROWS_TOO_LARGE', 'the list of billing periods is far too long')
        }
        lines.push(Buffer.from(batch.lines))
      }
      const rows = Buffer.concat(lines).toString().trimEnd().split('\n').filter(Boolean)
      const { periods, skipped } = parseBillingPeriods(`[${rows.join(',')}]`)
      if (skipped.length > 0) {
        options.log.warn('periods.skipped', { enrollment, rows: words(skipped.join('; ')) })
      }
      if (periods.length > 0 || skipped.length === 0) return periods
      const what = `no row of the list of enrollment ${enrollment} is a billing period`
      throw new ArchiveError('SOURCE_BAD_VALUE', `${what}: ${skipped[0]}`)
    },

    async fetchPart(request, validator, signal) {
      const firstUrl = partUrl(endpoint, request)
      const { rowsVersion } = request.dataset
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
      return partRows(rowsOptions, {
        firstUrl,
        request: pages,
        first,
        from,
        known,
        counter,
        signal,
      })
    },

    async resumePart(request, { facts, ...resume }, signal) {
      const firstUrl = partUrl(endpoint, request)
      const url = nextPageUrl(endpoint, JSON.stringify(resume.url), firstUrl) ?? resume.url
      const from = { ...resume, url }
      const counter: Counter = { requests: facts.requests }
      const pages = pagesOf(request)
      const found = await fetchPage({ ...pages, url, etag: null }, counter, signal).catch(expired)
      const first = found as Fetched // null only answers a tag
      let known = facts
      if (facts.validator?.url === url && facts.validator.etag !== first.etag) {
        // The rows decide, and they are compared; segments of an older version have only the tag.
        if (from.rowsToSkip > 0 && from.skippedSha256 === undefined) {
          await first.page.discard()
          throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two segments')
        }
        known = { ...facts, validator: null }
      }
      return partRows(rowsOptions, {
        firstUrl,
        request: pages,
        first,
        from,
        known,
        counter,
        signal,
      })
    },
  }
  return source
}

function pagesOf({ dataset, enrollment }: PartRequest): Omit<PageRequest, 'url' | 'etag'> {
  return { enrollment, shape: dataset.shape, layout: layoutOf(dataset, dataset.rowsVersion) }
}
