/**
 * Values that are archived as sent but can't be used as a term of a total, or as a day. They are counted, and
 * the first few rows are named, so that the report stays short.
 */

/** `too-long` and `no-number` are left out of the totals; `no-day` is in no range of dates. */
export const ODDITIES = ['too-long', 'no-number', 'no-day'] as const
export type Oddity = (typeof ODDITIES)[number]

/** All values of a column with the same oddity. */
export interface OddValues {
  readonly column: string
  readonly what: Oddity
  count: number
  /** The rows of the first few, counted from 1. */
  readonly rows: number[]
}

/** Odd values so far, by column and oddity. */
export type OddTally = Map<string, OddValues>

/** How many rows are named per column. */
const NAMED_ROWS = 3

/** Records one value. Allocates nothing, because some sources have an odd value in every row. */
export function noteOdd(tally: OddTally, column: string, what: Oddity, row: number): void {
  const odd = entryOf(tally, column, what)
  odd.count++
  if (odd.rows.length < NAMED_ROWS) odd.rows.push(row)
}

/** Adds the records of rows that follow `rowsBefore` others, in order. */
export function addOdd(
  tally: OddTally,
  odd: Iterable<Readonly<OddValues>>,
  rowsBefore: number,
): void {
  for (const { column, what, count, rows } of odd) {
    const sum = entryOf(tally, column, what)
    sum.count += count
    for (const row of rows) if (sum.rows.length < NAMED_ROWS) sum.rows.push(row + rowsBefore)
  }
}

function entryOf(tally: OddTally, column: string, what: Oddity): OddValues {
  const key = `${column} ${what}`
  const known = tally.get(key)
  if (known !== undefined) return known
  const made: OddValues = { column, what, count: 0, rows: [] }
  tally.set(key, made)
  return made
}

const WORDS: Readonly<Record<Oddity, string>> = {
  'too-long': 'is too long to be summed',
  'no-number': 'is not a number and not summed',
  'no-day': 'is not a date',
}

/** In words: `cost is too long to be summed in 5 rows: 7, 12, 40, …`. */
export function oddWords(odd: Iterable<OddValues>): string[] {
  return [...odd].map(({ column, what, count, rows }) => {
    const more = count > rows.length ? ', …' : ''
    return `${column} ${WORDS[what]} in ${count} ${count === 1 ? 'row' : 'rows'}: ${rows.join(', ')}${more}`
  })
}

/** How many values the totals leave out, by column; empty if none. */
export function leftOutOf(odd: Iterable<OddValues>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { column, what, count } of odd) {
    if (what !== 'no-day') counts[column] = (counts[column] ?? 0) + count
  }
  return counts
}
