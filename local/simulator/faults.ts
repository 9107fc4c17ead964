import type { Random } from './random.ts'

/** A fault. Rules are tried in order; the first that applies to a request is used. */
export interface FaultRule {
  /**
   * `status`: answers with `status`. `reset`: closes the connection before an answer. `cut`: closes it in the
   * middle of the body. `truncate`: ends the body early, as if complete. `garbage`: 200 with a page that is
   * not JSON. `slow`: waits `delayMs` in the middle of the body. `hang`: accepts the request and never
   * answers. `stall`: sends half of the body, then nothing more. `restate`: restates the requested day or
   * month before it answers, so that earlier pages no longer fit. `rewrite`: answers with the rows returned
   * by `rewrite`, under a tag of their own.
   */
  readonly kind:
    | 'status'
    | 'reset'
    | 'cut'
    | 'truncate'
    | 'garbage'
    | 'slow'
    | 'hang'
    | 'stall'
    | 'restate'
    | 'rewrite'
  /** Only requests whose path and query match; all if absent. */
  readonly match?: RegExp
  readonly status?: number
  readonly retryAfter?: string
  readonly delayMs?: number
  /** Replaces a row, or removes it. */
  readonly rewrite?: (row: string) => string | null
  /** How many matching requests pass before the first fault. */
  readonly skip?: number
  /** How many faults occur; unlimited if absent. */
  readonly times?: number
  /** Probability of a fault, from 0 to 1; always if absent. */
  readonly rate?: number
}

/** Decides for each request. */
export interface Faults {
  next(pathAndQuery: string): FaultRule | null
}

export function faults(rules: readonly FaultRule[], random: Random): Faults {
  const states = rules.map((rule) => ({ rule, seen: 0, done: 0 }))
  return {
    next(pathAndQuery) {
      for (const state of states) {
        const { rule } = state
        if (rule.match !== undefined && !rule.match.test(pathAndQuery)) continue
        if (state.seen++ < (rule.skip ?? 0)) continue
        if (state.done >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
        if (rule.rate !== undefined && random.next() >= rule.rate) continue
        state.done++
        return rule
      }
      return null
    },
  }
}
