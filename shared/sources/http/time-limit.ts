/** A time limit for a source's answer, within its caller's own limit. */
export interface TimeLimit {
  /** Aborted when the time is up, or when the caller's signal is. */
  readonly signal: AbortSignal
  /** Stops the clock during work that the source is not responsible for. */
  uncounted<T>(work: () => Promise<T>): Promise<T>
  /** Milliseconds that were not counted. */
  uncountedMs(): number
  /** True if the time limit was the reason for the abort. */
  isUp(): boolean
  readonly reason: string
  /** Removes the limit; from here on only the caller's signal counts. */
  lift(): void
  /** Aborts everything that still runs under this limit. */
  cancel(): void
}

/** `now`: a monotonic clock, in milliseconds. */
export function timeLimit(ms: number, signal: AbortSignal, now: () => number): TimeLimit {
  const own = new AbortController()
  const reason = `no complete answer within ${Math.ceil(ms / 1_000)} s`
  let isUp = false
  let leftMs = ms
  let since = now()
  let uncountedMs = 0
  let timer: NodeJS.Timeout | undefined

  function start(): void {
    since = now()
    const expire = (): void => {
      isUp = true
      own.abort(new Error(reason))
    }
    timer = setTimeout(expire, Math.max(0, leftMs))
  }

  function stop(): void {
    clearTimeout(timer)
    leftMs -= now() - since
  }

  start()
  return {
    signal: AbortSignal.any([signal, own.signal]),
    async uncounted(work) {
      stop()
      const began = now()
      try {
        return await work()
      } finally {
        uncountedMs += now() - began
        start()
      }
    },
    uncountedMs: () => uncountedMs,
    isUp: () => isUp,
    reason,
    lift: () => clearTimeout(timer),
    cancel() {
      clearTimeout(timer)
      own.abort(new Error('the answer is no longer needed'))
    },
  }
}

/** Waits for shared work, which continues for other callers, until this caller's signal is aborted. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let leave: () => void = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
