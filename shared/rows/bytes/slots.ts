/** Admits a few at a time to work that needs much memory. */
export interface Slots {
  /**
   * Resolves when a slot is free, with the function that frees it again. Rejects with the signal's reason if it is
   * aborted first.
   */
  take(signal: AbortSignal): Promise<() => void>
}

/** First come, first served. A holder must never wait for another slot of the same kind. */
export function slots(limit: number): Slots {
  let taken = 0
  const waiting = new Set<() => void>()

  function free(): void {
    const [next] = waiting
    if (next === undefined) taken--
    else next() // the slot passes to the next in line, so the count stays the same
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (taken < limit) {
        taken++
        return free
      }
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(come)
          reject(signal.reason as Error)
        }
        const come = (): void => {
          waiting.delete(come)
          signal.removeEventListener('abort', leave)
          resolve(free)
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.add(come)
      })
    },
  }
}
