/** One measured figure, as `--json` prints it. */
export interface Figure {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  /** The goal in words, e.g. `>= 15`. */
  readonly goal: string
  readonly ok: boolean
}

export interface Timing {
  /** CPU time of the process, user and system, in milliseconds. */
  readonly cpuMs: number
  readonly wallMs: number
}

/** Runs `subjects` in turn, `rounds` times, after one warm-up round. */
export function interleaved(
  subjects: ReadonlyMap<string, () => void>,
  rounds: number,
): Map<string, Timing> {
  const timings = new Map<string, Timing[]>([...subjects.keys()].map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of subjects) {
      const cpu = process.cpuUsage()
      const wall = performance.now()
      run()
      const used = process.cpuUsage(cpu)
      const timing = { cpuMs: (used.user + used.system) / 1_000, wallMs: performance.now() - wall }
      if (round > 0) timings.get(name)?.push(timing)
    }
  }
  return new Map(
    [...timings].map(([name, all]) => [
      name,
      {
        cpuMs: median(all.map((timing) => timing.cpuMs)),
        wallMs: median(all.map((timing) => timing.wallMs)),
      },
    ]),
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** A figure that can't be measured on this machine has the value null, which is not a failure. */
type Measured = number | null

/** A figure that should be at least `goal`. */
export function atLeast(name: string, value: Measured, goal: number, unit = 'times'): Figure {
  return figure(name, value, unit, `>= ${goal}`, (found) => found >= goal)
}

/** A figure that should be at most `goal`. */
export function atMost(name: string, value: Measured, goal: number, unit = 'times'): Figure {
  return figure(name, value, unit, `<= ${goal}`, (found) => found <= goal)
}

/** A figure that must be exactly `goal`. */
export function exactly(name: string, value: Measured, goal: number, unit: string): Figure {
  return figure(name, value, unit, `= ${goal}`, (found) => found === goal)
}

/** A figure without a goal, for comparison. */
export function shown(name: string, value: Measured, unit: string): Figure {
  return figure(name, value, unit, 'shown', () => true)
}

function figure(
  name: string,
  value: Measured,
  unit: string,
  goal: string,
  isReached: (value: number) => boolean,
): Figure {
  if (value === null) return { name, value, unit, goal, ok: true }
  return { name, value: Math.round(value * 1_000) / 1_000, unit, goal, ok: isReached(value) }
}
