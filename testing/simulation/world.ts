/** The simulated world of a schedule, derived from its seed. */

import type { Random } from '../../local/simulator/random.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import type { ViewFormat } from '../../shared/format/view-names.ts'
import type { BillingPeriod } from '../../shared/sources/source.ts'
import type { Fate } from './actors.ts'
import { type MemoryMessage, type MemoryStorage, memoryStorage } from './memory-storage.ts'
import { type SimulatedSource, simulatedSource, type Version } from './source.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

const START = Date.parse('2017-04-02T03:00:00Z')
const DAYS = ['2017-04-01', '2017-04-02', '2017-04-12', '2017-05-01', '2017-05-13'] as const

const PARTS = [
  ['201704', '2017-04-01'],
  ['201704', '2017-04-02'],
  ['201704', 'all'],
  ['201705', '2017-05-01'],
] as const

/** Faults of the world that no program could withstand, to prove that the checks notice them. */
export const sabotages = [
  'state-without-condition',
  'view-without-condition',
  'snapshots-replaced',
  'false-304',
  'mixed-pages',
] as const
export type Sabotage = (typeof sabotages)[number]

/** Everything that a schedule acts on. */
export interface World {
  readonly random: Random
  readonly storage: MemoryStorage
  readonly source: SimulatedSource
  readonly isLong: boolean
  readonly viewFormats: readonly ViewFormat[]
  clock: number
  day: string
  /** Clock differences of hosts: hours. */
  isSkewed: boolean
  /** Number of versions of the source so far. */
  said: number
  /** Probability of a fault per call. */
  faultRate: number
}

export function makeWorld(
  random: Random,
  viewFormats: readonly ViewFormat[],
  sabotage: Sabotage | null,
): World {
  const storage = sabotaged(
    memoryStorage(() => world.clock),
    sabotage,
  )
  const isLong = random.next() < 0.03
  const source = simulatedSource(
    () => world.clock,
    () => periodsOn(world.day),
    () => someVersion(world),
    { isMixed: sabotage === 'mixed-pages', isFalse304: sabotage === 'false-304' },
  )
  const world: World = {
    random,
    storage,
    source,
    isLong,
    viewFormats,
    clock: START,
    isSkewed: true,
    said: 0,
    day: DAYS[1],
    faultRate: random.pick([0, 0.02, 0.05, 0.1]),
  }
  return world
}

/** Storage that breaks its promises. */
function sabotaged(storage: MemoryStorage, sabotage: Sabotage | null): MemoryStorage {
  const { state, view, snapshots, stored } = storage
  switch (sabotage) {
    case 'state-without-condition':
      return {
        ...storage,
        state: {
          ...state,
          write: (name, bytes, _etag, metadata) =>
            state.write(name, bytes, stored.state.get(name)?.etag ?? null, metadata),
        },
      }
    case 'view-without-condition':
      return {
        ...storage,
        view: {
          ...view,
          commit: (name, ids, _etag, options) =>
            view.commit(name, ids, stored.view.get(name)?.etag ?? null, options),
        },
      }
    case 'snapshots-replaced':
      return {
        ...storage,
        snapshots: {
          ...snapshots,
          create(name, bytes, options) {
            stored.snapshots.delete(name)
            return snapshots.create(name, bytes, options)
          },
        },
      }
    default:
      return storage
  }
}

/**
 * The day on a host's clock that is `skew` milliseconds ahead of storage. Around midnight, which is frequent
 * here, it differs from the day of a host with the right time.
 */
export function dayOf({ day, clock }: World, skew: number): string {
  const isPastMidnight = Math.floor(clock / HOUR) % 2 === 0
  if (skew === 0 || !isPastMidnight) return day
  return DAYS[DAYS.findIndex((each) => each === day) + Math.sign(skew)] ?? day
}

/** April has two days here, so that a schedule is short; later there is May too. */
function periodsOn(day: string): BillingPeriod[] {
  const period = (id: string, month: string): BillingPeriod => ({
    id,
    firstDay: `${month}-01`,
    lastDay: `${month}-02`,
    datasets: [usageDetails.name],
  })
  const april = period('201704', '2017-04')
  return day < '2017-05' ? [april] : [period('201705', '2017-05'), april]
}

/**
 * A part's content: mostly one or two rows, in one or two pages. No two versions share a row, so that pages
 * of two versions never look like a third one.
 */
function someVersion(world: World): Omit<Version, 'from'> {
  const { random, isLong } = world
  const rows = isLong && random.next() < 0.5 ? 1_000 + random.int(50) : 1 + random.int(3)
  const cost = ++world.said
  // Sometimes an unknown field, in the first row only.
  const other = cost % 5 === 0 ? ',"benefitId":"b"' : ''
  const texts = Array.from(
    { length: rows },
    (_, row) => `{"cost":${cost}.${row},"date":"2017-04-01T00:00:00"${row === 0 ? other : ''}}`,
  )
  const cut = random.next() < 0.4 ? 1 + random.int(rows) : rows
  const pages = [texts.slice(0, cut), texts.slice(cut)].filter((page) => page.length > 0)
  return { etag: `"${random.hex(8)}"`, pages: pages.map((page) => `[${page.join(',')}]`) }
}

/** An event that no actor causes. */
export function somethingHappens(world: World, trace: (line: string) => void): void {
  const { random, storage, source } = world
  const { messages } = storage.stored
  const dice = random.next()
  if (dice < 0.35) {
    const later = random.pick([
      SECOND,
      20 * SECOND,
      40 * SECOND,
      10 * MINUTE,
      70 * MINUTE,
      3 * HOUR,
    ])
    world.clock += later
    trace(`${later / SECOND} s pass`)
  } else if (dice < 0.75) {
    const [billingPeriod, part] = random.pick(PARTS)
    const known = source.versions(billingPeriod, part)
    // Occasionally it returns old data, or the same data, under a new tag.
    const old = random.next() < 0.25 ? random.pick(known) : null
    const fresh = someVersion(world)
    // A reader can't notice that page 1 changed and changed back while later pages were read.
    const isAgain = old !== null && (old.pages.length === 1 || old === known.at(-1))
    source.restate(billingPeriod, part, { ...fresh, pages: isAgain ? old.pages : fresh.pages })
    trace(`${billingPeriod} ${part} is restated`)
  } else if (dice < 0.78) {
    const [billingPeriod, part] = random.pick(PARTS)
    source.gone.add(`${billingPeriod}/${part}`)
    trace(`${billingPeriod} ${part} is gone`)
  } else if (dice < 0.85) {
    const next = DAYS.findIndex((day) => day > world.day)
    if (next >= 0) world.day = DAYS[next] as string
    trace(`it is ${world.day}`)
  } else if (messages.length > 0) {
    const message = random.pick(messages)
    if (random.next() < 0.5) remove(messages, message)
    else messages.push({ ...message })
    trace('a message is lost or doubled')
  }
}

/** What happens to an actor's next call. */
export function fateOf({ random, faultRate }: World, isWrite: boolean): Fate {
  if (faultRate === 0 || random.next() >= faultRate) return 'done'
  const reads: readonly Fate[] = ['killed-before', 'outage']
  const writes: readonly Fate[] = [
    'killed-before',
    'killed-after',
    'outage',
    'answer-lost',
    'made-twice',
    'made-twice',
  ]
  return random.pick(isWrite ? writes : reads)
}

/** Messages expire. */
export function expire(messages: MemoryMessage[], now: number): void {
  const expired = messages.filter((message) => message.expiresAt <= now)
  for (const message of expired) remove(messages, message)
}

export function remove(messages: MemoryMessage[], message: MemoryMessage): void {
  const index = messages.indexOf(message)
  if (index >= 0) messages.splice(index, 1)
}
