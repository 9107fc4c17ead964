/** How often, and with what delays, a request is retried. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly tries: number
  /** The first delay's upper bound; doubled for each further try. Milliseconds. */
  readonly baseMs: number
  /** No computed delay is longer; a `Retry-After` may be. Milliseconds. */
  readonly capMs: number
  /** Time for one try, including a page's body, in milliseconds. The budget if absent. */
  readonly tryMs?: number
  /** Time for one request, including all tries and delays, in milliseconds. */
  readonly budgetMs: number
}

/** Statuses for which a retry may succeed. */
const RETRYABLE = new Set([408, 429, 500, 502, 503, 504])

export function isRetryableStatus(status: number): boolean {
  return RETRYABLE.has(status)
}

/**
 * Milliseconds to wait before try number `nextTry` (2, 3, …), or null to give up.
 * Full jitter: anything between nothing and an exponentially growing bound, so that many clients do
 * not come back together. A `Retry-After` is a lower bound, with the jitter added on top. `spentMs` is what the
 * request has taken so far, tries as well as delays.
 */
export function retryDelay(
  policy: RetryPolicy,
  nextTry: number,
  spentMs: number,
  retryAfterMs: number | null,
  random: () => number,
): number | null {
  if (nextTry > policy.tries) return null
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** (nextTry - 2))
  const delay = Math.ceil((retryAfterMs ?? 0) + random() * bound)
  return spentMs + delay > policy.budgetMs ? null : delay
}

/**
 * Milliseconds that a `Retry-After` header asks for: seconds, or an HTTP date relative to `now`
 * (RFC 9110, 10.2.3). Null for none and for nonsense.
 */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime())
}
