import { billingPeriods } from '../../datasets/billing-periods.ts'
import { layoutOf } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { BodyShape } from '../../rows/body-shape.ts'
import { type RowBufferPool, rowBufferPool } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { sliceBatch } from '../../rows/slice-batch.ts'
import type { Envelope } from '../../rows/transcode.ts'
import type { Validator } from '../../snapshots/part-record.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { KeyRing } from '../key-ring.ts'
import { originPause } from '../origin-pause.ts'
import { isRetryableStatus, type RetryPolicy, retryAfterMs, retryDelay } from '../retry-delay.ts'
import type { PartAnswer, PartRequest, Source, SourceRows } from '../source.ts'
import { authorizedGet } from './authorized-get.ts'
import { parseBillingPeriods } from './billing-periods.ts'
import { endless, expired, isFinal, reasonOf, statusError, unavailable } from './errors.ts'
import { type Page, readPage } from './page.ts'
import { redirectedFile } from './redirected-file.ts'
import { API_VERSION, billingPeriodsUrl, nextPageUrl, partUrl, usableTag } from './routes.ts'

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

/** A page that came, with the tag of the answer. */
interface Fetched {
  readonly page: Page
  readonly etag: string | null
}

interface PageRequest {
  readonly enrollment: string
  readonly shape: BodyShape
  readonly layout: RowLayout
}

/** Where the rows of a part begin, or go on. */
interface Start {
  readonly request: PartRequest
  readonly url: string
  readonly page: Fetched
  readonly skip: number
  /** The tag of the part's first page. */
  readonly tag: Validator | null
  readonly envelope: Envelope
  readonly counter: Counter
  readonly signal: AbortSignal
}

/** Counts the requests that one part cost. */
interface Counter {
  requests: number
}

/** Of all parts that are fetched at once; each takes about three MiB. */
const MAX_PAGES_IN_MEMORY = 8

/**
 * More than any month can take, all segments and retries of a part together: a source that never ends, be
 * it that its links lead in a circle, must not be followed for ever.
 */
const MAX_REQUESTS = 1_000_000

/** Pages of one segment; it ends after a million rows, and pages mostly have a thousand. */
const MAX_PAGES = 100_000

/** The Enterprise Reporting APIs. */
export function eaReporting(options: EaReportingOptions): Source {
  const { endpoint, log, pool = rowBufferPool(MAX_PAGES_IN_MEMORY) } = options
  const { get, holdsKey } = authorizedGet(options.http, options.keyRing, log)
  const pause = originPause(options.elapsedMs, options.random, options.sleep)

  /** One page with its retries; null for 304. */
  async function fetchPage(
    url: string,
    request: PageRequest,
    etag: string | null,
    counter: Counter,
    signal: AbortSignal,
  ): Promise<Fetched | null> {
    const headers: Record<string, string> = { 'api-version': '1.0', accept: 'application/json' }
    if (etag !== null) headers['if-none-match'] = etag
    let waitedMs = 0
    for (let attempt = 1; ; attempt++) {
      await pause.wait(signal)
      if (++counter.requests > MAX_REQUESTS) throw endless(MAX_REQUESTS)
      let answer: HttpAnswer | null = null
      let cause: unknown
      try {
        answer = await get(url, request.enrollment, headers, signal)
        if (answer.status === 304 && etag !== null) {
          await answer.dump()
          return null
        }
        if (answer.status === 307) {
          await answer.dump()
          answer = (await redirectedFile(options.http, answer, url, holdsKey, signal)) ?? answer
        }
        if (answer.status === 200) {
          const page = await readPage(
            answer.body,
            request.shape,
            request.layout,
            options.pageBytes,
            pool,
            signal,
          )
          const etag = answer.header('etag')
          return { page, etag: etag === null || holdsKey(etag) ? null : etag }
        }
        await answer.dump()
      } catch (error) {
        signal.throwIfAborted()
        if (isFinal(error)) throw error
        cause = error
      }
      // A body that is not what it should be is retried like a network fault.
      const failed = answer === null || cause !== undefined
      if (answer !== null && !failed && !isRetryableStatus(answer.status)) {
        throw statusError(answer.status, request.enrollment, url)
      }
      const what = failed ? reasonOf(cause) : `status ${answer?.status}`
      const after = retryAfterMs(answer?.header('retry-after') ?? null, options.now())
      const delay = retryDelay(options.retry, attempt + 1, waitedMs, after, options.random)
      if (delay === null) throw unavailable(what, url, attempt, cause)
      log.warn('source.retry', { path: new URL(url).pathname, reason: what, delayMs: delay })
      // Told to one, meant for all who ask this source.
      if (after !== null) pause.hold(after)
      waitedMs += delay
      await options.sleep(delay, signal)
    }
  }

  return {
    kind: EA_REPORTING,
    apiVersion: API_VERSION,
    parseBillingPeriods,

    async listBillingPeriods(enrollment, signal) {
      const listLayout = layoutOf(billingPeriods, billingPeriods.rowsVersion)
      const request = { enrollment, shape: 'list' as const, layout: listLayout }
      const url = billingPeriodsUrl(endpoint, enrollment)
      const fetched = await fetchPage(url, request, null, { requests: 0 }, signal)
      if (fetched?.page.isWhole === false) {
        await fetched.page.discard()
        throw new ArchiveError('ROWS_TOO_LARGE', 'the list of billing periods is far too long')
      }
      const lines: Buffer[] = []
      for await (const batch of fetched?.page.batches() ?? []) lines.push(Buffer.from(batch.lines))
      const rows = Buffer.concat(lines).toString().trimEnd().split('\n').filter(Boolean)
      return parseBillingPeriods(`[${rows.join(',')}]`)
    },

    async fetchPart(request, validator, signal) {
      const url = partUrl(endpoint, request)
      const { dataset } = request
      const counter: Counter = { requests: 0 }
      const etag = usableTag(validator, url, dataset.rowsVersion)
      const first = await fetchPage(url, pageRequestOf(request), etag, counter, signal)
      if (first === null) return { kind: 'unchanged', requests: counter.requests }
      const tag =
        first.etag === null
          ? null
          : { url, etag: first.etag, apiVersion: API_VERSION, rowsVersion: dataset.rowsVersion }
      return rowsFrom({ request, url, page: first, skip: 0, tag, envelope: {}, counter, signal })
    },

    async resumePart(request, { url: from, rowsToSkip, facts }, signal) {
      const url = nextPageUrl(endpoint, JSON.stringify(from)) ?? from
      const counter: Counter = { requests: facts.requests }
      const { validator: tag, envelope } = facts
      const found = await fetchPage(url, pageRequestOf(request), null, counter, signal).catch(
        expired,
      )
      const page = found as Fetched
      if (tag !== null && tag.url === url && tag.etag !== page.etag) {
        await page.page.discard()
        throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two segments')
      }
      return rowsFrom({ request, url, page, skip: rowsToSkip, tag, envelope, counter, signal })
    },
  }

  /** What stands beside the rows goes into a manifest, for good. */
  function withoutKeys(envelope: Envelope): Envelope {
    const safe = Object.entries(envelope).map(
      ([name, value]) => [name, holdsKey(value) ? '"[redacted]"' : value] as const,
    )
    return Object.fromEntries(safe)
  }

  /** The rows from a page on that is there already. */
  function rowsFrom(start: Start): PartAnswer {
    const { request, tag, counter, signal } = start
    const firstUrl = partUrl(endpoint, request)
    const pageRequest = pageRequestOf(request)
    let envelope = start.envelope

    async function* batches(): AsyncGenerator<SourceRows> {
      let { page: current, url, skip } = start
      const seen = new Set([firstUrl, url])
      let ahead: Promise<Fetched> | null = null
      try {
        for (;;) {
          let next: string | null = null
          // A page that is here whole names the next one, which is requested while this is written.
          if (current.page.isWhole) {
            next = follow(current.page.envelope(), seen)
            if (next !== null) ahead = fetchAhead(next)
          }
          let row = 0
          for await (const batch of current.page.batches()) {
            const kept =
              skip === 0 ? batch : sliceBatch(batch, skip, batch.rows, pageRequest.layout)
            const skipped = Math.min(skip, batch.rows)
            if (kept !== null) yield { batch: kept, url, firstRow: row + skipped }
            row += batch.rows
            skip -= skipped
          }
          if (skip > 0)
            throw new ArchiveError('SOURCE_CHANGED', 'a page has fewer rows than before')
          const beside = current.page.envelope()
          if (!current.page.isWhole) next = follow(beside, seen)
          if (url === firstUrl) {
            const { nextLink: _link, ...rest } = beside
            envelope = withoutKeys(rest)
          }
          if (next === null) {
            if (url !== firstUrl) await assertUnchanged(tag)
            return
          }
          current = await (ahead ?? fetchAhead(next))
          ahead = null
          url = next
        }
      } finally {
        // Nobody will take the page that is on its way.
        ahead?.then(({ page }) => page.discard()).catch(() => {})
      }
    }

    function follow(from: Envelope, seen: Set<string>): string | null {
      const link = nextPageUrl(endpoint, from['nextLink'])
      if (link === null) return null
      if (holdsKey(link)) {
        throw new ArchiveError('SOURCE_BAD_VALUE', 'nextLink holds the API key: not followed')
      }
      if (seen.has(link) || seen.size >= MAX_PAGES) {
        throw endless(seen.size)
      }
      seen.add(link)
      return link
    }

    function fetchAhead(link: string): Promise<Fetched> {
      const page = fetchPage(link, pageRequest, null, counter, signal).catch(expired)
      page.catch(() => {}) // awaited later; until then nobody listens
      return page as Promise<Fetched> // null only answers a tag
    }

    /** After many pages: is the first one still what it was? Otherwise pages may not fit together. */
    async function assertUnchanged(validator: Validator | null): Promise<void> {
      if (validator === null) return
      const again = await fetchPage(firstUrl, pageRequest, validator.etag, counter, signal)
      if (again === null) return
      await again.page.discard()
      throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two pages')
    }

    return {
      kind: 'rows',
      batches: batches(),
      facts: () => ({ validator: tag, envelope, requests: counter.requests }),
    }
  }
}

function pageRequestOf({ dataset, enrollment }: PartRequest): PageRequest {
  return { enrollment, shape: dataset.shape, layout: layoutOf(dataset, dataset.rowsVersion) }
}
