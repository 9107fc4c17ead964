/**
 * A pause that a source asks one caller for, shared by all: one pause per origin instead of one per request.
 */
export interface OriginPause {
  /**
   * Resolves with true when the pause is over, or immediately if there is none. Resolves with false as soon
   * as the pause is known to exceed `mostMs`.
   */
  wait(signal: AbortSignal, mostMs?: number): Promise<boolean>
  /** Makes all callers wait for `ms`, unless a longer pause is already in effect. */
  hold(ms: number): void
  /** The current pause: the requested duration and the remaining time, in milliseconds. */
  now(): { readonly askedMs: number; readonly leftMs: number }
}

/** Fraction of a pause over which waiting callers are spread, so that they do not return together. */
const SPREAD = 0.25

/** Upper bound of a pause, so that one nonsensical answer can't silence a host for good. */
const MAX_PAUSE_MS = 6 * 3_600_000

/** `now`: a monotonic clock, in milliseconds. */
export function originPause(
  now: () => number,
  random: () => number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): OriginPause {
  let until = 0
  let askedMs = 0
  return {
    async wait(signal, mostMs = Number.POSITIVE_INFINITY) {
      let sleptMs = 0
      // On return, another caller may have started a new pause.
      for (let left = until - now(); left > 0; left = until - now()) {
        if (sleptMs + left > mostMs) return false
        const ms = Math.min(Math.ceil(left + random() * askedMs * SPREAD), mostMs - sleptMs)
        await sleep(ms, signal)
        sleptMs += ms
      }
      return true
    },
    hold(asked) {
      const ms = Math.min(asked, MAX_PAUSE_MS)
      if (now() + ms <= until) return
      until = now() + ms
      askedMs = ms
    },
    now: () => ({ askedMs, leftMs: Math.max(0, until - now()) }),
  }
}
