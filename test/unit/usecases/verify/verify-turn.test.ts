import { describe, expect, it } from 'vitest'
import type { Series } from '../../../../shared/format/series.ts'
import {
  isItsMonth,
  type LastTurn,
  monthsBetweenTurns,
  turnDay,
} from '../../../../shared/usecases/verify/verify-turn.ts'

const monthOf = (index: number): string =>
  `${2015 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
const dayIn = (month: number): string => `${monthOf(month)}-15`
const sound = (month: number): LastTurn => ({ at: `${dayIn(month)}T06:00:00.000Z`, faults: 0 })

const series: readonly Series[] = ['100', '200'].flatMap((enrollment) =>
  Array.from({ length: 240 }, (_, index) => ({
    source: 'ea-reporting',
    dataset: 'usagedetails',
    enrollment,
    billingPeriod: monthOf(index).replace('-', ''),
  })),
)
const [one] = series as [Series]

/** The months in which a series has its turn, if each turn is used. */
function turns(of: Series, every: (month: number) => number, months = 48): number[] {
  const found: number[] = []
  let last: LastTurn | null = null
  for (let month = 0; month < months; month++) {
    if (!isItsMonth(of, dayIn(month), every(month), last)) continue
    found.push(month)
    last = sound(month)
  }
  return found
}

const gaps = (months: readonly number[]): number[] =>
  months.slice(1).map((month, index) => month - (months[index] as number))

describe('months between two turns', () => {
  it.each<[string, readonly (string | null)[], number]>([
    ['all hot', ['Hot', 'Hot'], 1],
    ['hot beside cool', ['Cool', 'Hot', 'Cool'], 1],
    ['hot beside cold', ['Cold', 'Cold', 'Hot'], 1],
    ['all cool', ['Cool', 'Cool'], 6],
    ['cool beside cold', ['Cold', 'Cool'], 6],
    ['all cold', ['Cold', 'Cold'], 12],
    ['a storage without tiers', [null, null], 1],
    ['an unknown tier', ['Cold', 'Lukewarm'], 1],
    ['nothing listed', [], 1],
  ])('%s', (_title, tiers, months) => {
    expect(monthsBetweenTurns(tiers)).toBe(months)
  })
})

describe('the day of a turn', () => {
  it('exists in every month, and all days are used', () => {
    const days = series.map(turnDay)
    expect(new Set(days).size).toBe(28)
    expect([Math.min(...days), Math.max(...days)]).toEqual([1, 28])
  })
})

describe('the month of a turn', () => {
  it.each([1, 6, 12])('comes every %i months', (every) => {
    for (const each of series)
      expect(new Set(gaps(turns(each, () => every)).slice(1))).toEqual(new Set([every]))
  })

  it.each([6, 12])('differs between series, evenly, if it comes every %i months', (every) => {
    const counts = Array.from({ length: every }, () => 0)
    for (const each of series) {
      const month = Array.from({ length: every }, (_, index) => index).find((index) =>
        isItsMonth(each, dayIn(index), every, sound(index)),
      ) as number
      counts[month] = (counts[month] as number) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan((series.length / every) * 0.8)
    expect(Math.max(...counts)).toBeLessThan((series.length / every) * 1.2)
  })

  it('is never more than a year away while files go from hot to cool to cold', () => {
    // Hot for two months, cool for four, then cold, beginning with any month.
    for (const each of series.slice(0, 60)) {
      for (let start = 0; start < 12; start++) {
        const age = (month: number): number => month - start
        const found = turns(each, (month) => (age(month) < 2 ? 1 : age(month) < 6 ? 6 : 12))
        expect(Math.max(...gaps(found))).toBeLessThanOrEqual(12)
      }
    }
  })

  it('is the next one if a turn was missed', () => {
    const [turn = 0] = turns(one, () => 12).slice(1)
    expect(isItsMonth(one, dayIn(turn), 12, sound(turn - 12))).toBe(true)
    expect(isItsMonth(one, dayIn(turn + 1), 12, sound(turn))).toBe(false)
    expect(isItsMonth(one, dayIn(turn + 1), 12, sound(turn - 12))).toBe(true)
  })

  it('is every month for series that were never verified or have faults', () => {
    const faulty = (month: number): LastTurn => ({ ...sound(month), faults: 1 })
    for (let month = 1; month < 13; month++) {
      expect(isItsMonth(one, dayIn(month), 12, null)).toBe(true)
      expect(isItsMonth(one, dayIn(month), 12, faulty(month - 1))).toBe(true)
    }
  })
})
