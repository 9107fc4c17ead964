import { describe, expect, it } from 'vitest'
import {
  isRetryableStatus,
  retryAfterMs,
  retryDelay,
} from '../../../../shared/sources/http/retry-delay.ts'

const policy = { tries: 4, baseMs: 100, capMs: 300, budgetMs: 1_000 }
const now = new Date('2017-04-05T12:00:00Z')

describe('a delay before another try', () => {
  it('grows exponentially up to a cap, with full jitter', () => {
    const bounds = [2, 3, 4].map((nextTry) => retryDelay(policy, nextTry, 0, null, () => 1))
    expect(bounds).toEqual([100, 200, 300])
    expect(retryDelay(policy, 3, 0, null, () => 0)).toBe(0)
    expect(retryDelay(policy, 3, 0, null, () => 0.5)).toBe(100)
  })

  it('is never shorter than Retry-After', () => {
    expect(retryDelay(policy, 2, 0, 700, () => 0)).toBe(700)
    expect(retryDelay(policy, 2, 0, 700, () => 1)).toBe(800)
  })

  it('ends with the tries, and with the budget of all delays together', () => {
    expect(retryDelay(policy, 5, 0, null, () => 0)).toBeNull()
    expect(retryDelay(policy, 2, 950, null, () => 1)).toBeNull()
    expect(retryDelay(policy, 2, 0, 5_000, () => 0)).toBeNull()
  })
})

describe('Retry-After', () => {
  it.each([
    ['3', 3_000],
    [' 0 ', 0],
    ['Wed, 05 Apr 2017 12:00:10 GMT', 10_000],
    ['Wed, 05 Apr 2017 11:00:00 GMT', 0],
    ['soon', null],
    [null, null],
  ])('%j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('a status', () => {
  it.each([408, 429, 500, 502, 503, 504])('%i may be answered otherwise later', (status) => {
    expect(isRetryableStatus(status)).toBe(true)
  })
  it.each([200, 304, 400, 401, 403, 404, 410, 501])('%i is final', (status) => {
    expect(isRetryableStatus(status)).toBe(false)
  })
})
