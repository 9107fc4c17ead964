import { billingPeriods } from '../../datasets/billing-periods.ts'
import { layoutOf } from '../../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { RowBatch } from '../../rows/row-batch.ts'
import { rowBufferPool } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BodyShape, Envelope } from '../../rows/transcode.ts'
import type { Validator } from '../../snapshots/part-record.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { KeyRing } from '../key-ring.ts'
import { isRetryableStatus, type RetryPolicy, retryAfterMs, retryDelay } from '../retry-delay.ts'
import type { PartAnswer, PartEnd, Source } from '../source.ts'
import { authorizedGet } from './authorized-get.ts'
import { parseBillingPeriods } from './billing-periods.ts'
import { statusError, unavailable } from './errors.ts'
import { type Page, readPage } from './page.ts'
import { API_VERSION, billingPeriodsUrl, nextPageUrl, partUrl } from './routes.ts'

export const EA_REPORTING = 'ea-reporting'

export interface EaReportingOptions {
  readonly endpoint: URL
  readonly http: HttpClient
  readonly keyRing: KeyRing
  readonly retry: RetryPolicy
  /** Pages up to this many bytes are received whole before any row is used. */
  readonly pageBytes: number
  readonly log: Log
  readonly now: () => Date
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A page that came, with the tag of the answer. */
interface Fetched {
  readonly page: Page
  readonly etag: string | null
}

/** Counts the requests that one part cost. */
interface Counter {
  requests: number
}

/** More pages than any month can have: a source that never ends must not run for ever. */
const MAX_PAGES = 1_000_000

/** The Enterprise Reporting APIs. */
export function eaReporting(options: EaReportingOptions): Source {
  const { endpoint, log } = options
  const get = authorizedGet(options.http, options.keyRing, log)
  const pool = rowBufferPool()

  /** One page with its retries; null for 304. */
  async function fetchPage(
    url: string,
    request: { enrollment: string; shape: BodyShape; layout: RowLayout },
    etag: string | null,
    counter: Counter,
    signal: AbortSignal,
  ): Promise<Fetched | null> {
    const headers: Record<string, string> = { 'api-version': '1.0', accept: 'application/json' }
    if (etag !== null) headers['if-none-match'] = etag
    let waitedMs = 0
    for (let attempt = 1; ; attempt++) {
      counter.requests++
      let answer: HttpAnswer | null = null
      let cause: unknown
      try {
        answer = await get(url, request.enrollment, headers, signal)
        if (answer.status === 304 && etag !== null) {
          await answer.dump()
          return null
        }
        if (answer.status === 200) {
          const page = await readPage(
            answer.body,
            request.shape,
            request.layout,
            options.pageBytes,
            pool,
          )
          return { page, etag: answer.header('etag') }
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
      waitedMs += delay
      await options.sleep(delay, signal)
    }
  }

  return {
    kind: EA_REPORTING,
    apiVersion: API_VERSION,
    parseBillingPeriods,

    async listBillingPeriods(enrollment, signal) {
      const request = { enrollment, shape: 'list' as const, layout: layoutOf(billingPeriods) }
      const url = billingPeriodsUrl(endpoint, enrollment)
      const fetched = await fetchPage(url, request, null, { requests: 0 }, signal)
      const lines: Buffer[] = []
      for await (const batch of fetched?.page.batches() ?? []) lines.push(Buffer.from(batch.lines))
      const rows = Buffer.concat(lines).toString().trimEnd().split('\n').filter(Boolean)
      return parseBillingPeriods(`[${rows.join(',')}]`)
    },

    async fetchPart(request, validator, signal): Promise<PartAnswer> {
      const url = partUrl(endpoint, request)
      const counter: Counter = { requests: 0 }
      const { dataset, enrollment } = request
      const pageRequest = { enrollment, shape: dataset.shape, layout: layoutOf(dataset) }
      const etag = usableTag(validator, url, dataset.rowsVersion)
      const first = await fetchPage(url, pageRequest, etag, counter, signal)
      if (first === null) return { kind: 'unchanged', requests: counter.requests }

      let end: PartEnd | null = null
      async function* batches(firstPage: Fetched): AsyncGenerator<RowBatch> {
        let current = firstPage
        let envelope: Envelope = {}
        const seen = new Set([url])
        for (let pages = 1; ; pages++) {
          let next: Promise<Fetched | null> | null = null
          // A page that is here whole names the next one, which is requested while this is written.
          if (current.page.isWhole) next = follow(current.page.envelope())
          yield* current.page.batches()
          if (!current.page.isWhole) next = follow(current.page.envelope())
          if (pages === 1) envelope = current.page.envelope()
          if (next === null) {
            if (pages > 1) await assertUnchanged(firstPage.etag)
            break
          }
          current = (await next) as Fetched
        }
        const { nextLink: _link, ...beside } = envelope
        end = {
          validator:
            firstPage.etag === null
              ? null
              : {
                  url,
                  etag: firstPage.etag,
                  apiVersion: API_VERSION,
                  rowsVersion: dataset.rowsVersion,
                },
          envelope: beside,
          requests: counter.requests,
        }

        function follow(from: Envelope): Promise<Fetched | null> | null {
          const link = nextPageUrl(endpoint, from['nextLink'])
          if (link === null) return null
          if (seen.has(link) || seen.size >= MAX_PAGES) {
            throw new ArchiveError(
              'SOURCE_ENDLESS',
              `nextLink leads in a circle after ${seen.size} pages`,
            )
          }
          seen.add(link)
          const page = fetchPage(link, pageRequest, null, counter, signal).catch(expired)
          page.catch(() => {}) // awaited later; until then nobody listens
          return page
        }
      }

      /** After many pages: is the first one still what it was? Otherwise pages may not fit together. */
      async function assertUnchanged(tag: string | null): Promise<void> {
        if (tag === null) return
        const again = await fetchPage(url, pageRequest, tag, counter, signal)
        if (again === null) return
        await again.page.discard()
        throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two pages')
      }

      return {
        kind: 'rows',
        batches: batches(first),
        finish: () => {
          if (end === null) throw new Error('the part has not ended yet')
          return end
        },
      }
    },
  }
}

/** A nextLink that the source no longer knows has expired: the part starts over. */
function expired(error: unknown): never {
  if (hasCode(error, 'SOURCE_BAD_REQUEST', 'SOURCE_NOT_FOUND')) {
    throw new ArchiveError('SOURCE_CHANGED', 'a nextLink expired', { cause: error })
  }
  throw error
}

function usableTag(validator: Validator | null, url: string, rowsVersion: number): string | null {
  if (validator === null || validator.url !== url) return null
  if (validator.apiVersion !== API_VERSION || validator.rowsVersion !== rowsVersion) return null
  return validator.etag
}

/** Errors that another try can't mend. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ArchiveError)) return false
  return error.code === 'DECIMAL_TOO_LONG' || error.code.startsWith('SECRET_')
}

function reasonOf(error: unknown): string {
  if (error instanceof ArchiveError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'network error'
  return `no complete answer (${code})`
}
