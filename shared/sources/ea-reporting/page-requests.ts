/** Fetches one page with retries: the only place that sends requests. */
import type { ArchiveError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { BodyShape } from '../../rows/body-shape.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { OriginPause } from '../origin-pause.ts'
import { isRetryableStatus, type RetryPolicy, retryAfterMs, retryDelay } from '../retry-delay.ts'
import { type TimeLimit, timeLimit } from '../time-limit.ts'
import type { AuthorizedGet } from './authorized-get.ts'
import { endless, givenUp, isFinal, named, reasonOf, statusError, toldToWait } from './errors.ts'
import { type Page, type PageReader, readPage } from './page.ts'
import { redirectedFile } from './redirected-file.ts'
import { whatItSays } from './said.ts'

export interface PageRequest {
  readonly url: string
  readonly enrollment: string
  readonly shape: BodyShape
  readonly layout: RowLayout
  /** The known ETag of the page; null for an unconditional request. */
  readonly etag: string | null
}

/** A received page, with the answer's ETag. */
export interface Fetched {
  readonly page: Page
  readonly etag: string | null
}

/** Counts the requests for one part. */
export interface Counter {
  requests: number
}

/** Fetches a page; null for 304. */
export type PageFetcher = (
  request: PageRequest,
  counter: Counter,
  signal: AbortSignal,
) => Promise<Fetched | null>

export interface PageFetcherOptions {
  readonly http: HttpClient
  readonly authorized: AuthorizedGet
  readonly retry: RetryPolicy
  readonly reader: PageReader
  readonly pause: OriginPause
  readonly log: Log
  readonly now: () => Date
  readonly elapsedMs: () => number
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * More than any month can need, including all segments and retries of a part: an endless source, e.g. with
 * circular links, must not be followed forever.
 */
const MAX_REQUESTS = 1_000_000

/** The result of a try: a page, "unchanged", a final error, or a retryable one. */
type Tried =
  | { readonly kind: 'page'; readonly fetched: Fetched }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly error: ArchiveError }
  | { readonly kind: 'failed'; readonly what: string; readonly cause?: unknown }

export function pageFetcher(options: PageFetcherOptions): PageFetcher {
  const { http, authorized, retry, reader, pause, log, elapsedMs } = options
  const { holdsKey, withoutKeys } = authorized

  return async (request, counter, signal) => {
    const { url } = request
    const began = elapsedMs()
    let uncountedMs = 0
    const spent = (): number => elapsedMs() - began - uncountedMs
    const left = (): number => retry.budgetMs - spent()
    let what = 'nothing was asked'
    let cause: unknown

    for (let attempt = 1; ; attempt++) {
      if (!(await pause.wait(signal, left()))) throw toldToWait(what, url, pause.now())
      if (attempt > 1 && left() <= 0) throw givenUp(what, url, attempt - 1, cause)
      if (++counter.requests > MAX_REQUESTS) throw endless(MAX_REQUESTS)
      const limit = timeLimit(Math.min(retry.tryMs ?? left(), left()), signal, elapsedMs)
      const answers: HttpAnswer[] = []
      const tried = await tryOnce(request, limit, signal, answers)
      uncountedMs += limit.uncountedMs()
      if (tried.kind === 'page') return tried.fetched
      if (tried.kind === 'unchanged') return null
      if (tried.kind === 'refused') throw tried.error

      ;({ what, cause } = { cause: undefined, ...tried })
      const answer = answers.at(-1)
      const after = retryAfterMs(answer?.header('retry-after') ?? null, saidAt(answer))
      // The pause applies to all requests to this source, even if this one gives up.
      if (after !== null) pause.hold(after)
      if (after !== null && after > left()) throw toldToWait(what, url, pause.now())
      const delay = retryDelay(retry, attempt + 1, spent(), after, options.random)
      if (delay === null) throw givenUp(what, url, attempt, cause)
      log.warn('source.retry', { path: named(url), reason: what, delayMs: delay })
      await options.sleep(delay, signal)
    }
  }

  /** By the source's own clock if it sends one, because ours may be wrong. */
  function saidAt(answer: HttpAnswer | undefined): Date {
    const date = Date.parse(answer?.header('date') ?? '')
    return Number.isNaN(date) ? options.now() : new Date(date)
  }

  /** `answers` receives those that arrived. Rejects only if the caller's signal is aborted. */
  async function tryOnce(
    { url, enrollment, shape, layout, etag }: PageRequest,
    limit: TimeLimit,
    signal: AbortSignal,
    answers: HttpAnswer[],
  ): Promise<Tried> {
    const headers: Record<string, string> = { 'api-version': '1.0', accept: 'application/json' }
    if (etag !== null) headers['if-none-match'] = etag
    try {
      let answer = await authorized.get(url, enrollment, headers, limit.signal)
      answers.push(answer)
      if (answer.status === 304 && etag !== null) {
        await answer.dump()
        limit.lift()
        return { kind: 'unchanged' }
      }
      if (answer.status === 307) {
        const file = await redirectedFile(http, answer, url, authorized, limit.signal)
        if (file !== null) answer = file
      }
      if (answer.status === 200) {
        const page = await readPage(answer.body, { shape, layout }, reader, limit)
        limit.lift()
        const tag = answer.header('etag')
        return {
          kind: 'page',
          fetched: { page, etag: tag === null || holdsKey(tag) ? null : tag },
        }
      }
      const said = await whatItSays(answer, withoutKeys)
      limit.cancel() // drains the rest of its body, if any
      return isRetryableStatus(answer.status)
        ? { kind: 'failed', what: `status ${answer.status}${said}` }
        : { kind: 'refused', error: statusError(answer.status, enrollment, url, said) }
    } catch (error) {
      limit.cancel()
      signal.throwIfAborted()
      // A malformed body is retried like a network fault.
      if (isFinal(error)) return { kind: 'refused', error }
      return { kind: 'failed', what: limit.isUp() ? limit.reason : reasonOf(error), cause: error }
    }
  }
}
