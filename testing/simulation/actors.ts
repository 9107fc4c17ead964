/**
 * The scheduler. Actors wait before each call to the simulated world; the scheduler lets one call happen at a
 * time, in an order that depends only on a seed. Between two calls an actor runs without interruption, as in
 * JavaScript.
 */

import type { Random } from '../../local/simulator/random.ts'
import { ArchiveError, describeError } from '../../shared/errors.ts'

/** What can happen to a call. */
export type Fate =
  | 'done'
  /** The actor dies before or after the call. */
  | 'killed-before'
  | 'killed-after'
  /** The call fails before it reaches storage, or its answer is lost. */
  | 'outage'
  | 'answer-lost'
  /** Its answer is lost, and the client repeats the call, like the SDK. */
  | 'made-twice'

interface Call {
  readonly label: string
  readonly isWrite: boolean
  readonly make: () => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A function of a host that works on the archive, from start to end. */
export interface Actor {
  readonly name: string
  /** Slow actors: others do much between two of their calls. */
  readonly isSlow: boolean
  /** Waits for its turn, then makes the call. */
  readonly call: <T>(label: string, isWrite: boolean, make: () => Promise<T>) => Promise<T>
}

export interface Scheduler {
  /**
   * Starts an actor. `done` is called when it ends, with its error if it failed, but never if it was killed.
   */
  start(
    name: string,
    work: (actor: Actor) => Promise<void>,
    done: (error: unknown) => void,
  ): Promise<void>
  /** Number of living actors. */
  living(): number
  /** Lets one waiting call happen; false if there is none. */
  step(fateOf: (isWrite: boolean) => Fate): Promise<boolean>
}

/** How many actors are slow, and how often a slow one gets a turn while others wait. */
const SLOW_ACTORS = 0.25
const SLOW_TURNS = 0.01

/** Lets everything run that only waits for the processor. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function scheduler(random: Random, trace: (line: string) => void): Scheduler {
  const waiting: { actor: Actor; call: Call }[] = []
  const living = new Set<Actor>()

  /** The index in `waiting` of the next call. */
  function nextCall(): number {
    const quick = waiting.flatMap(({ actor }, i) => (actor.isSlow ? [] : [i]))
    if (quick.length === 0 || random.next() < SLOW_TURNS) return random.int(waiting.length)
    return random.pick(quick)
  }

  function kill(actor: Actor): void {
    living.delete(actor)
    for (let i = waiting.length - 1; i >= 0; i--) {
      if (waiting[i]?.actor === actor) waiting.splice(i, 1)
    }
  }

  return {
    async start(name, work, done) {
      const actor: Actor = {
        name,
        isSlow: random.next() < SLOW_ACTORS,
        call: (label, isWrite, make) =>
          new Promise((resolve, reject) => {
            if (!living.has(actor)) return // killed: its calls never return
            const call = { label, isWrite, make, resolve: resolve as Call['resolve'], reject }
            waiting.push({ actor, call })
          }),
      }
      living.add(actor)
      trace(`${name} starts`)
      const end = (error: unknown): void => {
        if (!living.delete(actor)) return
        trace(`${name} ends${error === null ? '' : `: ${describeError(error).message}`}`)
        done(error)
      }
      work(actor).then(() => end(null), end)
      await settled()
    },
    living: () => living.size,
    async step(fateOf) {
      const [next] = waiting.splice(nextCall(), 1)
      if (next === undefined) return false
      const { actor, call } = next
      const fate = fateOf(call.isWrite)
      trace(`${actor.name}: ${call.label}${fate === 'done' ? '' : ` (${fate})`}`)
      if (fate === 'killed-before') {
        kill(actor)
        return true
      }
      if (fate === 'outage') {
        call.reject(new ArchiveError('STORAGE_UNAVAILABLE', `${call.label}: simulated outage`))
      } else {
        await make(call, fate)
        if (fate === 'killed-after') kill(actor)
      }
      await settled()
      return true
    },
  }
}

async function make(call: Call, fate: Fate): Promise<void> {
  try {
    let value = await call.make()
    if (fate === 'made-twice') value = await call.make()
    if (fate === 'killed-after') return
    if (fate !== 'answer-lost') return call.resolve(value)
    call.reject(new ArchiveError('STORAGE_UNAVAILABLE', `${call.label}: simulated lost answer`))
  } catch (error) {
    if (fate !== 'killed-after') call.reject(error)
  }
}
