import { describeError } from '../../errors.ts'
import { keyExpiry } from '../../secrets/key-expiry.ts'
import type { KeyRing } from '../../sources/key-ring.ts'

/** The expiry of an enrollment's keys, never the keys themselves. */
export interface KeyHealth {
  readonly enrollment: string
  /** Its position in the vault: 1 is the primary key. */
  readonly place: number
  readonly expiresAt: string | null
  readonly daysLeft: number | null
  /** `unknown`: the key has no readable expiry. */
  readonly level: 'ok' | 'warning' | 'error' | 'unknown'
  readonly message: string
}

const WARNING_DAYS = 30
const ERROR_DAYS = 7
const DAY_MS = 86_400_000

/** How long a failure is cached: a vault that did not answer, or has no key. */
const FAILURE_TTL_MS = 30_000

/**
 * A caching key ring for status checks: a result is cached for `ttlMs`, a failure for at most half a
 * minute. Concurrent callers share one request.
 */
export function rememberedKeys(keyRing: KeyRing, ttlMs: number, elapsedMs: () => number): KeyRing {
  const known = new Map<string, { until: number; keys: Promise<readonly string[]> }>()
  return {
    keys: (enrollment) => keyRing.keys(enrollment),
    reread(enrollment) {
      const found = known.get(enrollment)
      if (found !== undefined && elapsedMs() < found.until) return found.keys
      const keys = keyRing.reread(enrollment)
      const read = { until: elapsedMs() + ttlMs, keys }
      known.set(enrollment, read)
      keys.catch(() => {
        read.until = Math.min(read.until, elapsedMs() + FAILURE_TTL_MS)
      })
      return keys
    },
  }
}

/** Every key of the enrollments, with the time left; never rejects. */
export async function checkKeys(
  keyRing: KeyRing,
  enrollments: readonly string[],
  now: Date,
): Promise<KeyHealth[]> {
  const found = await Promise.all(
    enrollments.map(async (enrollment) => {
      try {
        const keys = await keyRing.reread(enrollment)
        return keys.map((key, i) => healthOf(enrollment, i + 1, keyExpiry(key), now))
      } catch (error) {
        const { message } = describeError(error)
        const nothing = { expiresAt: null, daysLeft: null, level: 'error' as const }
        return [{ enrollment, place: 1, ...nothing, message }]
      }
    }),
  )
  return found.flat()
}

function healthOf(enrollment: string, place: number, expiry: Date | null, now: Date): KeyHealth {
  if (expiry === null) {
    const message =
      'the key has no readable expiry: note when it was created; it is valid for six months'
    return { enrollment, place, expiresAt: null, daysLeft: null, level: 'unknown', message }
  }
  const daysLeft = Math.floor((expiry.getTime() - now.getTime()) / DAY_MS)
  const level = daysLeft < ERROR_DAYS ? 'error' : daysLeft < WARNING_DAYS ? 'warning' : 'ok'
  const when = daysLeft < 0 ? 'has expired' : `expires in ${daysLeft} days`
  const todo = level === 'ok' ? '' : ': create a new one in the EA portal and store it in the vault'
  const message = `key ${place} ${when}${todo}`
  return { enrollment, place, expiresAt: expiry.toISOString(), daysLeft, level, message }
}
