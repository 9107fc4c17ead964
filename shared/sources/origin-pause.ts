/** What a source asked of one of its callers, heeded by all: one pause for an origin, not one for each request. */
export interface OriginPause {
  /**
   * Resolves with true when the pause is over; at once if there is none. With false, at once, as soon as it
   * is known to take longer than `mostMs`.
   */
  wait(signal: AbortSignal, mostMs?: number): Promise<boolean>
  /** From now on everybody waits for `ms`, unless a longer pause is on already. */
  hold(ms: number): void
  /** What the pause that is on was asked for, in milliseconds, and what is left of it. */
  now(): { readonly askedMs: number; readonly leftMs: number }
}

/** Share of a pause over which those who wait come back, so that they do not come together. */
const SPREAD = 0.25

/** No pause is longer, so that one answer that is nonsense does not silence a host for good. */
const MAX_PAUSE_MS = 6 * 3_600_000

/** `now`: milliseconds of a clock that never goes back. */
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
      // Whoever comes back may find that somebody else was sent away meanwhile.
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
