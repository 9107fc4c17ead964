/** Time that a source has for an answer, within that which its caller has. */
export interface TimeLimit {
  /** Aborted when the time is up, and when the caller's signal is. */
  readonly signal: AbortSignal
  /** Stops the clock while something is done that the source can do nothing for. */
  uncounted<T>(work: () => Promise<T>): Promise<T>
  /** Milliseconds that were not counted. */
  uncountedMs(): number
  /** True once the time was up, for this reason. */
  isUp(): boolean
  readonly reason: string
  /** From here on only the caller's signal counts. */
  lift(): void
  /** Ends whatever still goes on under this limit. */
  cancel(): void
}

/** `now`: milliseconds of a clock that never goes back. */
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
      own.abort(new Error('nobody wants it any more'))
    },
  }
}

/** Waits for what others wait for, too, and which therefore goes on, no longer than the caller lives. */
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
