/** When a series has its turn in the daily verification: the cooler the tier of its files, the less often. */
import { seriesFolder } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'

/** Every month has at least this many days, so no series misses its turn. */
const DAYS = 28

const MONTHS_OF_YEAR = 12

/**
 * Months between two turns. Reading is free in hot, 0.01 $/GB in cool and 0.03 $/GB in cold; compared with
 * hot, a GB saves 0.013 $ per month in cool and 0.0185 $ in cold (docs/operations.md, "Costs"). Reading every
 * month would cost three quarters of the savings in cool and more than all of them in cold; reading twice and
 * once a year costs an eighth. Each cycle divides the next, so that a turn of a longer cycle is also one of
 * the shorter ones: a series that moves to a cooler tier never waits longer than the longer cycle.
 */
const EVERY = { hot: 1, cool: 6, cold: 12 } as const

/** The result of the last verification of a series. */
export interface LastTurn {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly faults: number
}

/** The day of the month, from 1 to 28, on which a series has its turn. */
export function turnDay(series: Series): number {
  return 1 + (hashOf(series) % DAYS)
}

/**
 * Months between two turns of a series whose files are stored in `tiers`, as storage names them. The warmest
 * tier decides: a file stays hot for 60 days, so it is read in its first weeks, whatever the other files are.
 */
export function monthsBetweenTurns(tiers: readonly (string | null)[]): number {
  const isAll = (...names: string[]): boolean =>
    tiers.length > 0 && tiers.every((tier) => tier !== null && names.includes(tier))
  if (isAll('Cold')) return EVERY.cold
  return isAll('Cool', 'Cold') ? EVERY.cool : EVERY.hot
}

/**
 * True if a series has its turn in the month of `day`, `yyyy-MM-dd`. A missed turn is made up for in the next
 * month, and a series with faults is verified every month, so that repairs are noticed.
 */
export function isItsMonth(
  series: Series,
  day: string,
  every: number,
  last: LastTurn | null,
): boolean {
  if (last === null || last.faults > 0) return true
  const month = monthsSinceYear0(day)
  if (month - monthsSinceYear0(last.at) > every) return true
  const turn = Math.floor(hashOf(series) / DAYS) % MONTHS_OF_YEAR
  return (month - turn) % every === 0
}

function monthsSinceYear0(date: string): number {
  return Number(date.slice(0, 4)) * MONTHS_OF_YEAR + Number(date.slice(5, 7)) - 1
}

function hashOf(series: Series): number {
  let hash = 0
  for (const char of seriesFolder(series)) hash = (hash * 31 + char.charCodeAt(0)) % 2 ** 32
  return hash
}
