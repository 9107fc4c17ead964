/** Sends one request to a source, with retries: the only loop that does. */
import type { ArchiveError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { endless, givenUp, isFinal, reasonOf, toldToWait } from './errors.ts'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import type { OriginPause } from './origin-pause.ts'
import { redirectedFile } from './redirected-file.ts'
import { isRetryableStatus, type RetryPolicy, retryAfterMs, retryDelay } from './retry-delay.ts'
import { whatItSays } from './said.ts'
import type { SentSecrets } from './sent-secrets.ts'
import { type TimeLimit, timeLimit } from './time-limit.ts'

/** Counts the requests for one part. */
export interface Counter {
  requests: number
}

/** What a source wants to know. */
export interface SourceRequest<T> {
  readonly url: string
  /** The request in errors and log lines. */
  readonly name: string
  /** The media type of the answer. */
  readonly accept: string
  /** Sends it, with the source's credential. */
  readonly get: (signal: AbortSignal) => Promise<HttpAnswer>
  /**
   * Reads an answer with a status that the source expects; null for any other status. A rejection is retried,
   * unless retrying can't fix it.
   */
  readonly read: (answer: HttpAnswer, limit: TimeLimit) => Promise<T> | null
  /** The final error for a status that a retry can't change. `said`: the source's own text. */
  readonly refusal: (status: number, said: string) => ArchiveError
}

/** Rejects with a `SOURCE_…`, `ROWS_…` or `SECRET_…` code; with the signal's reason once it is aborted. */
export type RetriedRequest = <T>(
  request: SourceRequest<T>,
  counter: Counter,
  signal: AbortSignal,
) => Promise<T>

export interface RetryOptions {
  readonly http: HttpClient
  readonly secrets: SentSecrets
  readonly retry: RetryPolicy
  readonly pause: OriginPause
  readonly log: Log
  readonly now: () => Date
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * More than any month can need, including all segments and retries of a part: an endless source, e.g. with
 * circular links, must not be followed forever.
 */
const MAX_REQUESTS = 1_000_000

/** The result of a try: a value, a final error, or a retryable one. */
type Tried<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: ArchiveError }
  | { readonly kind: 'failed'; readonly what: string; readonly cause?: unknown }

export function retriedRequest(options: RetryOptions): RetriedRequest {
  const { http, secrets, retry, pause, log, elapsedMs } = options

  return async (request, counter, signal) => {
    const { name } = request
    const began = elapsedMs()
    let uncountedMs = 0
    const spent = (): number => elapsedMs() - began - uncountedMs
    const left = (): number => retry.budgetMs - spent()
    let what = 'no request was sent'
    let cause: unknown

    for (let attempt = 1; ; attempt++) {
      if (!(await pause.wait(signal, left()))) throw toldToWait(what, name, pause.now())
      if (attempt > 1 && left() <= 0) throw givenUp(what, name, attempt - 1, cause)
      if (++counter.requests > MAX_REQUESTS) throw endless(MAX_REQUESTS)
      const limit = timeLimit(Math.min(retry.tryMs ?? left(), left()), signal, elapsedMs)
      const answers: HttpAnswer[] = []
      const tried = await tryOnce(request, limit, signal, answers)
      uncountedMs += limit.uncountedMs()
      if (tried.kind === 'done') return tried.value
      if (tried.kind === 'refused') throw tried.error

      ;({ what, cause } = { cause: undefined, ...tried })
      const answer = answers.at(-1)
      const after = retryAfterMs(answer?.header('retry-after') ?? null, saidAt(answer))
      // The pause applies to all requests to this source, even if this one gives up.
      if (after !== null) pause.hold(after)
      if (after !== null && after > left()) throw toldToWait(what, name, pause.now())
      const delay = retryDelay(retry, attempt + 1, spent(), after, options.random)
      if (delay === null) throw givenUp(what, name, attempt, cause)
      log.warn('source.retry', { path: name, reason: what, delayMs: delay })
      await options.sleep(delay, signal)
    }
  }

  /** By the source's own clock if it sends one, because ours may be wrong. */
  function saidAt(answer: HttpAnswer | undefined): Date {
    const date = Date.parse(answer?.header('date') ?? '')
    return Number.isNaN(date) ? options.now() : new Date(date)
  }

  /** `answers` receives those that arrived. Rejects only if the caller's signal is aborted. */
  async function tryOnce<T>(
    { url, accept, get, read, refusal }: SourceRequest<T>,
    limit: TimeLimit,
    signal: AbortSignal,
    answers: HttpAnswer[],
  ): Promise<Tried<T>> {
    try {
      let answer = await get(limit.signal)
      answers.push(answer)
      if (answer.status === 307) {
        const file = await redirectedFile(http, answer, url, accept, secrets, limit.signal)
        if (file !== null) answer = file
      }
      const reading = read(answer, limit)
      if (reading !== null) {
        const value = await reading
        limit.lift()
        return { kind: 'done', value }
      }
      const said = await whatItSays(answer, secrets.withoutKeys)
      limit.cancel() // drains the rest of its body, if any
      return isRetryableStatus(answer.status)
        ? { kind: 'failed', what: `status ${answer.status}${said}` }
        : { kind: 'refused', error: refusal(answer.status, said) }
    } catch (error) {
      limit.cancel()
      signal.throwIfAborted()
      // A malformed body is retried like a network fault.
      if (isFinal(error)) return { kind: 'refused', error }
      return { kind: 'failed', what: limit.isUp() ? limit.reason : reasonOf(error), cause: error }
    }
  }
}
