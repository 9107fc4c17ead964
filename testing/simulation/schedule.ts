/**
 * One schedule: a few actors on one archive, in an order given by a seed, some of which die; then a phase
 * without faults, in which everything must be completed. A violation throws, and the seed reproduces it.
 */
import { randomFor } from '../../local/simulator/random.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { viewFormats } from '../../shared/format/view-names.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { type Actor, scheduler } from './actors.ts'
import { archiveInMemory, atOnce, memoryPolicy } from './archive-in-memory.ts'
import { datasetOf, newer, older, type Program } from './catalogues.ts'
import { invariants } from './invariants.ts'
import type { MemoryStorage } from './memory-storage.ts'
import {
  dayOf,
  expire,
  fateOf,
  HOUR,
  makeWorld,
  remove,
  type Sabotage,
  somethingHappens,
  type World,
} from './world.ts'

const SKEW_MS = memoryPolicy.sealSkewMs
/** One schedule in so many writes Parquet, too. */
const WITH_PARQUET = 16
const CSV_ONLY = ['csv'] as const
/** Number of concurrent actors. */
const MAX_ACTORS = 3
/** A message reappears after this time unless its worker is done, as with the queue's host. */
const LEASE_MS = 30_000
const MAX_DELIVERIES = 5
/** Enough for a plan to pass its deadline, and for another one to be opened and sealed. */
const MAX_PEACE_ROUNDS = 40

export interface ScheduleResult {
  /** Number of calls in the order chosen by the seed. */
  readonly steps: number
  readonly snapshots: number
  /** The resulting archive. */
  readonly world: World
}

/** Deployments of two versions of the program, the newer of which knows two more columns. */
const BOTH: readonly Program[] = [older, older, newer]

/**
 * Runs the schedule of `seed`; rejects if an invariant is broken. `trace` receives a line per step.
 * `programs`: the versions from which each actor's is chosen.
 */
export async function runSchedule(
  seed: number,
  trace: (line: string) => void = () => {},
  sabotage: Sabotage | null = null,
  programs: readonly Program[] = BOTH,
): Promise<ScheduleResult> {
  // Parquet takes most of a schedule's time.
  const formats = seed % WITH_PARQUET === 0 ? viewFormats : CSV_ONLY
  const world = makeWorld(randomFor(`schedule/${seed}`), formats, sabotage)
  const { random, storage, source } = world
  const actors = scheduler(random, trace)
  const rules = invariants(storage, source, SKEW_MS, formats, () => world.clock)
  let steps = 0
  let programsNow = programs

  const start = (name: string, work: (archive: Archive) => Promise<void>): Promise<void> =>
    actors.start(
      name,
      (actor) => work(archiveFor(world, actor, random.pick(programsNow))),
      () => {},
    )

  async function startWorker(): Promise<void> {
    const { messages } = storage.stored
    expire(messages, world.clock)
    const visible = messages.filter((message) => message.visibleAt <= world.clock)
    if (visible.length === 0) return
    const message = random.pick(visible)
    message.visibleAt = world.clock + LEASE_MS
    message.deliveries++
    const isPoison = message.deliveries > MAX_DELIVERIES
    const body = parseMessage(JSON.parse(message.body))
    await actors.start(
      isPoison ? 'poison' : `worker ${body.series.billingPeriod} ${body.part}`,
      (actor) => {
        const archive = archiveFor(world, actor, random.pick(programsNow))
        if (isPoison) return recordExhausted(archive, body)
        return archivePart(archive, body, new AbortController().signal)
      },
      (error) => {
        if (error === null || isPoison) remove(messages, message)
        else message.visibleAt = world.clock // failed: delivered again
      },
    )
  }

  const signal = new AbortController().signal
  const timer = (): Promise<void> =>
    start('timer', (archive) => archiveDataset(archive, usageOf(archive), signal))

  async function step(): Promise<boolean> {
    const moved = await actors.step((isWrite) => fateOf(world, isWrite))
    if (!moved) return false
    steps++
    world.clock += random.int(40)
    rules.check()
    return true
  }

  // With faults: concurrent timers, workers and sweeps, while source, clock, queue and storage misbehave.
  await timer()
  for (let events = 30 + random.int(60); events > 0; ) {
    const dice = random.next()
    if (dice < 0.1) {
      events--
      somethingHappens(world, trace)
    } else if (dice < 0.35 && actors.living() < MAX_ACTORS) {
      events--
      const kind = random.next()
      if (kind < 0.75) await startWorker()
      else if (kind < 0.88) await start('sweep', sweep)
      else await timer()
    } else if (!(await step())) {
      events--
    }
  }

  // Without faults, and with enough time to notice everything that was lost.
  trace('peace')
  // One version remains, and clocks are right.
  programsNow = [random.pick(programs)]
  world.isSkewed = false
  if (random.next() < 0.7) source.gone.clear()
  world.faultRate = 0
  const finish = async (): Promise<void> => {
    while (await step());
  }
  await finish()
  /** Messages, timers and sweeps, until every plan is closed. */
  const comeToRest = async (timers: (round: number) => boolean): Promise<void> => {
    for (let round = 0; round < MAX_PEACE_ROUNDS; round++) {
      for (;;) {
        expire(storage.stored.messages, world.clock)
        if (storage.stored.messages.length === 0) break
        world.clock += LEASE_MS
        await startWorker()
        await finish()
      }
      if (round >= 4 && isAtRest(storage)) return
      await (timers(round) ? timer() : start('sweep', sweep))
      await finish()
      world.clock += HOUR + random.int(HOUR)
    }
  }
  // Parts that are gone for good fail every new plan, so timers stop before sweeps do.
  await comeToRest((round) => round === 1 || round === 3)
  // A plan of the other version may have ended without a snapshot; the next timer makes up for it.
  await comeToRest((round) => round === 0)
  rules.checkEnd()
  const snapshots = [...storage.stored.snapshots.keys()].filter((name) =>
    name.includes('/snapshots/'),
  ).length
  return { steps, snapshots, world }
}

/** The archive of a finished schedule, without a scheduler. */
export function archiveOf(world: World): Archive {
  return archiveFor(world, { call: atOnce }, older)
}

function usageOf({ catalogue }: Archive): Dataset {
  return datasetOf({ catalogue }, usageDetails.name)
}

/** The archive from an actor's view. Deployments differ in their catalogue, hosts in their clock. */
function archiveFor(world: World, { call }: Pick<Actor, 'call'>, program: Program): Archive {
  const { random, storage, source, isLong } = world
  const skew = world.isSkewed ? random.pick([0, 0, 0, -3 * HOUR, 5 * HOUR]) : 0
  return archiveInMemory({
    storage,
    source,
    call,
    policy: {
      ...memoryPolicy,
      viewFormats: world.viewFormats,
      ...(isLong ? { segmentRows: 1_000, partMs: 24 * HOUR } : {}),
    },
    enrollments: ['100'],
    newId: () => random.hex(32),
    businessDay: () => dayOf(world, skew),
    elapsedMs: () => world.clock + skew,
    version: program.name,
    catalogue: program.catalogue,
  })
}

function isAtRest({ stored }: MemoryStorage): boolean {
  return [...stored.state].every(
    ([name, { bytes }]) => !name.endsWith('/plan.json') || bytes.includes('"status":"closed"'),
  )
}
