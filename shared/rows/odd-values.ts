/**
 * Values that are archived as they were sent, and of which something else could not be made: a term of a
 * total, or a day. They are counted, and the first of them named by their rows, so that what is told of
 * them stays short however many there are.
 */

/** `too-long` and `no-number` are left out of the totals; `no-day` is in no range of dates. */
export const ODDITIES = ['too-long', 'no-number', 'no-day'] as const
export type Oddity = (typeof ODDITIES)[number]

/** All values of a column that are odd in the same way. */
export interface OddValues {
  readonly column: string
  readonly what: Oddity
  count: number
  /** The rows of the first few, counted from 1. */
  readonly rows: number[]
}

/** Odd values so far, by column and oddity. */
export type OddTally = Map<string, OddValues>

/** Rows that are named of each column. */
const NAMED_ROWS = 3

/** Notes one value. Called for every row where a source spells all of them oddly, so it makes nothing new. */
export function noteOdd(tally: OddTally, column: string, what: Oddity, row: number): void {
  const odd = entryOf(tally, column, what)
  odd.count++
  if (odd.rows.length < NAMED_ROWS) odd.rows.push(row)
}

/** Adds what was noted of rows that stand behind `rowsBefore` others, in their order. */
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
  'no-number': 'is no number and not summed',
  'no-day': 'is no date',
}

/** In words: `cost is too long to be summed in 5 rows: 7, 12, 40, …`. */
export function oddWords(odd: Iterable<OddValues>): string[] {
  return [...odd].map(({ column, what, count, rows }) => {
    const more = count > rows.length ? ', …' : ''
    return `${column} ${WORDS[what]} in ${count} ${count === 1 ? 'row' : 'rows'}: ${rows.join(', ')}${more}`
  })
}

/** Per column, how many values the totals leave out; empty if none. */
export function leftOutOf(odd: Iterable<OddValues>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { column, what, count } of odd) {
    if (what !== 'no-day') counts[column] = (counts[column] ?? 0) + count
  }
  return counts
}
