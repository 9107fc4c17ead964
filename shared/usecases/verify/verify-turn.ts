/** When a series has its turn with the daily verification: the cooler its files are stored, the more rarely. */
import { seriesFolder } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'

/** Every month has so many days: who has its turn on one of them never goes without. */
const DAYS = 28

const MONTHS_OF_YEAR = 12

/**
 * Months between two turns. Reading is free in hot, 0.01 $/GB in cool and 0.03 $/GB in cold; against hot, a GB saves
 * 0.013 $ a month in cool and 0.0185 $ in cold (docs/operations.md, "Costs"). Read each month, cool would lose three
 * quarters of what it saves and cold more than all of it; read twice and once a year, both lose an eighth.
 * Each divides the next, so that a turn of a rarer cycle is one of the others, too: a series that moves on to a
 * cooler tier is never without a turn for longer than the rarer cycle is long.
 */
const EVERY = { hot: 1, cool: 6, cold: 12 } as const

/** What the last verification of a series came to. */
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
 * Months between two turns of a series whose files are stored in `tiers`, as storage names them. The warmest decides:
 * a file stays hot for 60 days, and so is read in its first weeks, whatever lies beside it.
 */
export function monthsBetweenTurns(tiers: readonly (string | null)[]): number {
  const isAll = (...names: string[]): boolean =>
    tiers.length > 0 && tiers.every((tier) => tier !== null && names.includes(tier))
  if (isAll('Cold')) return EVERY.cold
  return isAll('Cool', 'Cold') ? EVERY.cool : EVERY.hot
}

/**
 * Has a series its turn in the month of `day`, `yyyy-MM-dd`? A turn that was missed is made up for in the next month,
 * and what was found faulty is looked at each month, so that it is known to be mended.
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
