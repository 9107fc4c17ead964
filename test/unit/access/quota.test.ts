import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourlyQuota } from '../../../shared/access/quota.ts'
import type { ArchiveError } from '../../../shared/errors.ts'

const HOUR = 3_600_000

/** Seconds to wait; 0 if one was available. */
function wait(take: () => void): number {
  try {
    take()
    return 0
  } catch (error) {
    return (error as ArchiveError).retryAfterSeconds ?? -1
  }
}

describe('a quota', () => {
  it('is respected by callers that wait as told, and never gives more', () => {
    const asking = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat({ max: 900 })), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), asking, (perHour, steps) => {
        let clock = 0
        const quota = hourlyQuota(perHour, () => clock)
        const taken: { who: string; at: number }[] = []
        for (const [who, seconds] of steps) {
          clock += seconds * 1_000
          const pause = wait(() => quota(who).take())
          if (pause > 0) {
            clock += pause * 1_000
            expect(wait(() => quota(who).take())).toBe(0)
          }
          taken.push({ who, at: clock })
          // The whole allowance at once, plus what was restored meanwhile.
          const mine = taken.filter((each) => each.who === who)
          const within = mine.filter(({ at }) => at > clock - HOUR)
          expect(within.length).toBeLessThanOrEqual(perHour * 2)
          expect(mine.length).toBeLessThanOrEqual(perHour + (clock / HOUR) * perHour + 1e-6)
        }
      }),
    )
  })

  it('that one caller has used up does not affect another', () => {
    const quota = hourlyQuota(2, () => 0)
    for (let i = 0; i < 50; i++) wait(() => quota('greedy').take())
    expect([0, 1, 2].map(() => wait(() => quota('other').take()))).toEqual([0, 0, 1_800])
  })

  it('gets back what was not used', () => {
    const quota = hourlyQuota(1, () => 0)
    quota('a').take()
    quota('a').giveBack()
    quota('a').giveBack()
    expect([0, 1].map(() => wait(() => quota('a').take()))).toEqual([0, 3_600])
  })
})
