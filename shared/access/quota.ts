/** Limits how much work one caller may request, so that workers remain for the others. */
import { LRUCache } from 'lru-cache'
import { ArchiveError } from '../errors.ts'

/** A caller's allowance. */
export interface Allowance {
  /** Takes one; throws `TOO_MANY_REQUESTS` with the time after which another is available. */
  take(): void
  /** Returns one that was not used. */
  giveBack(): void
}

/** The allowance of the caller with this id. */
export type Quota = (callerId: string) => Allowance

/** More callers than anyone has. The least recently seen caller is forgotten and regains the full allowance. */
const MAX_CALLERS = 10_000

const HOUR_MS = 3_600_000

/** Tolerates rounding when fractions add up to one. */
const ONE = 1 - 1e-9

interface Account {
  left: number
  at: number
}

/**
 * `perHour` for each caller, usable all at once; used allowance is restored evenly over an hour. Counted in
 * this process only, so each instance counts separately.
 */
export function hourlyQuota(perHour: number, elapsedMs: () => number): Quota {
  const accounts = new LRUCache<string, Account>({ max: MAX_CALLERS })
  const msForOne = HOUR_MS / perHour

  function accountOf(callerId: string): Account {
    const now = elapsedMs()
    const known = accounts.get(callerId) ?? { left: perHour, at: now }
    known.left = Math.min(perHour, known.left + (now - known.at) / msForOne)
    known.at = now
    accounts.set(callerId, known)
    return known
  }

  return (callerId) => ({
    take() {
      const account = accountOf(callerId)
      if (account.left < ONE) {
        const retryAfterSeconds = Math.ceil(((1 - account.left) * msForOne) / 1_000)
        const message = `${perHour} downloads were composed for you within the last hour, which is the limit for one caller; try again in ${retryAfterSeconds} seconds`
        throw new ArchiveError('TOO_MANY_REQUESTS', message, { retryAfterSeconds })
      }
      account.left--
    },
    giveBack() {
      const account = accountOf(callerId)
      account.left = Math.min(perHour, account.left + 1)
    },
  })
}
