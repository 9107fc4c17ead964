/** Everything that a start has started, to be stopped once and in the right order. */
export interface Stops {
  /** Adds something to stop; the last added is stopped first. */
  add(stop: () => Promise<void>): void
  /** Stops everything, once: further callers wait for the same end. */
  all(): Promise<void>
  isStopping(): boolean
  /**
   * Calls `onFatal` if a child process ends unexpectedly: without it, the archive would only appear to work.
   */
  endsWith(what: string, ended: Promise<unknown>): void
  /** Resolves when a child process has ended, expected or not. */
  readonly anyEnded: Promise<void>
}

/** `onFatal` gets the reason and has to stop everything. */
export function startStops(onFatal: (words: string) => void): Stops {
  const running: (() => Promise<void>)[] = []
  const { promise: anyEnded, resolve: hasEnded } = Promise.withResolvers<void>()
  let stopping: Promise<void> | null = null
  return {
    add: (stop) => void running.push(stop),
    all() {
      stopping ??= (async () => {
        for (const stop of running.toReversed()) await stop()
      })()
      return stopping
    },
    isStopping: () => stopping !== null,
    endsWith(what, ended) {
      void ended.then(() => {
        hasEnded()
        if (stopping !== null) return
        onFatal(`Stopping, because ${what} has ended unexpectedly. Start again to continue.`)
      })
    },
    anyEnded,
  }
}
