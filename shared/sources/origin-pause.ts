/** What a source asked of one of its callers, heeded by all: one pause for an origin, not one for each request. */
export interface OriginPause {
  /** Resolves when the pause is over; at once if there is none. */
  wait(signal: AbortSignal): Promise<void>
  /** From now on everybody waits for `ms`, unless a longer pause is on already. */
  hold(ms: number): void
}

/** Share of a pause over which those who wait come back, so that they do not come together. */
const SPREAD = 0.25

/** `now`: milliseconds of a clock that never goes back. */
export function originPause(
  now: () => number,
  random: () => number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): OriginPause {
  let until = 0
  let spread = 0
  return {
    async wait(signal) {
      // Whoever comes back may find that somebody else was sent away meanwhile.
      for (let left = until - now(); left > 0; left = until - now()) {
        await sleep(Math.ceil(left + random() * spread), signal)
      }
    },
    hold(ms) {
      if (now() + ms <= until) return
      until = now() + ms
      spread = ms * SPREAD
    },
  }
}
