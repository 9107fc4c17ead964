/** How much work one caller may ask for, so that there is some left for the others. */
import { LRUCache } from 'lru-cache'
import { ArchiveError } from '../errors.ts'

/** What a caller is allowed. */
export interface Allowance {
  /** Takes one; throws `TOO_MANY_REQUESTS` with the time after which there is one again. */
  take(): void
  /** Gives one back: it was not used. */
  giveBack(): void
}

/** The allowance of the caller with that id. */
export type Quota = (callerId: string) => Allowance

/** More callers than anybody has; who was longest away is forgotten, and has all of the allowance again. */
const MAX_CALLERS = 10_000

const HOUR_MS = 3_600_000

/** What has come back in fractions is one but for a rounding. */
const ONE = 1 - 1e-9

interface Account {
  left: number
  at: number
}

/**
 * `perHour` for each caller, all of them at once if the caller likes; what was taken comes back evenly over an
 * hour. Counted in this process alone: of several instances each has its own.
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
        const message = `${perHour} answers were composed for you within the hour, which is what one caller may ask for; try again in ${retryAfterSeconds} seconds`
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
