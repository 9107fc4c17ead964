/** Things that are used in turn, and how many are in use now. */
export interface FreeList<T> {
  take(): T
  give(one: T): void
  /** Counts as given back what can't be used again. */
  lose(count: number): void
  taken(): number
}

/** When nothing is in use any more, only so many are kept: memory is for whoever works next. */
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
    lose(count) {
      taken -= count
    },
    taken: () => taken,
  }
}
