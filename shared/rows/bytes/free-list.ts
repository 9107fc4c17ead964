/** A pool of reusable objects that counts those in use. */
export interface FreeList<T> {
  take(): T
  give(one: T): void
  /** Counts objects as returned that can't be reused. */
  discard(count: number): void
  taken(): number
}

/** How many idle objects are kept when none is in use, so that memory is free for other work. */
const KEPT_IDLE = 2

export function freeList<T>(make: () => T): FreeList<T> {
  const free: T[] = []
  let taken = 0
  return {
    take() {
      taken++
      return free.pop() ?? make()
    },
    give(one) {
      taken--
      free.push(one)
      if (taken === 0) free.length = Math.min(free.length, KEPT_IDLE)
    },
    discard(count) {
      taken -= count
    },
    taken: () => taken,
  }
}
