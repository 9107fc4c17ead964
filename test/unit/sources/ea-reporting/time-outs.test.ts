/** Time-outs and pauses: a source that hangs, or asks for a pause, costs no more than the limits. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { INVOCATION_SECONDS, readConfig } from '../../../../shared/config.ts'
import {
  page,
  type Script,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

const signal = new AbortController().signal
const TOO_MANY: Script = () => ({
  status: 429,
  headers: { 'retry-after': '3600' },
  body: 'slow down',
})

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )
}

describe('Retry-After that is longer than the budget', () => {
  it('ends the request at once, and says which pause was requested', async () => {
    const { source, asked, sleptMs } = scripted(TOO_MANY)
    const failure = await failureOf(source.fetch(usageOf('100'), null, null, signal))
    expect(failure).toMatch(/^SOURCE_UNAVAILABLE: status 429: "slow down".*a pause of 3600 s/)
    expect([asked.length, sleptMs()]).toEqual([1, 0])
  })

  it('is respected by all other parts, which send no request', async () => {
    const { source, asked } = scripted(TOO_MANY)
    const days = Array.from({ length: 30 }, (_, i) => `2017-04-${String(i + 1).padStart(2, '0')}`)
    await failureOf(source.fetch(usageOf('100', days[0]), null, null, signal))
    const failures = await Promise.all(
      days.slice(1).map((day) => failureOf(source.fetch(usageOf('200', day), null, null, signal))),
    )
    expect(asked).toHaveLength(1)
    expect(new Set(failures.map((failure) => /a pause of 3600 s/.test(failure)))).toEqual(
      new Set([true]),
    )
    expect(failures[28]).toContain('startTime=2017-04-30')
  })

  it('ends on time', async () => {
    let clock = 0
    const { source } = scripted(
      (_, number) =>
        number === 1 ? { status: 503, headers: { 'retry-after': '3600' } } : { body: page([1]) },
      { elapsedMs: () => clock },
    )
    await failureOf(source.fetch(usageOf('100'), null, null, signal))
    clock += 3_601_000
    expect((await source.fetch(usageOf('100'), null, null, signal)).kind).toBe('rows')
  })

  it("as a date is measured by the source's clock, not by ours", async () => {
    const { source } = scripted(() => ({
      status: 429,
      headers: {
        date: 'Tue, 04 Apr 2017 08:00:00 GMT',
        'retry-after': 'Tue, 04 Apr 2017 09:00:00 GMT',
      },
    }))
    const failure = await failureOf(source.fetch(usageOf('100'), null, null, signal))
    expect(failure).toContain('a pause of 3600 s')
  })

  it('of years is limited to hours', async () => {
    let clock = 0
    const { source } = scripted(
      (_, number) =>
        number === 1
          ? { status: 503, headers: { 'retry-after': '999999999' } }
          : { body: page([1]) },
      { elapsedMs: () => clock },
    )
    await failureOf(source.fetch(usageOf('100'), null, null, signal))
    clock += 7 * 3_600_000
    expect((await source.fetch(usageOf('100'), null, null, signal)).kind).toBe('rows')
  })
})

describe('a request', () => {
  it('has one budget for its tries and its delays together', async () => {
    let clock = 0
    const retry = { tries: 50, baseMs: 1_000, capMs: 1_000, tryMs: 60_000, budgetMs: 300_000 }
    const { source, asked } = scripted(
      () => {
        clock += 59_500 // each try takes nearly its maximum time
        throw new Error('cut off')
      },
      { retry, elapsedMs: () => clock, sleep: async (ms) => void (clock += ms) },
    )
    const failure = await failureOf(source.fetch(usageOf('100'), null, null, signal))
    expect(failure).toMatch(/SOURCE_UNAVAILABLE.*cut off/)
    expect(asked).toHaveLength(5)
    expect(clock).toBeLessThanOrEqual(300_000)
  })

  it('that hangs is retried within its budget, and finally says so', async () => {
    const retry = { tries: 3, baseMs: 1, capMs: 1, tryMs: 20, budgetMs: 10_000 }
    const { source, asked } = scripted(() => null, { retry })
    const failure = await failureOf(source.fetch(usageOf('100'), null, null, signal))
    expect(failure).toMatch(/SOURCE_UNAVAILABLE: no complete answer within 1 s.*3 tries/)
    expect(asked).toHaveLength(3)
  })

  it('is not charged for the time that it waits for our memory', async () => {
    const retry = { tries: 1, baseMs: 1, capMs: 1, tryMs: 30, budgetMs: 10_000 }
    const { source, pool } = scripted(() => ({ body: page([1]) }), { retry })
    const held = await Promise.all(Array.from({ length: 8 }, () => pool.take(signal)))
    const answer = source.fetch(usageOf('100'), null, null, signal)
    await new Promise((resolve) => setTimeout(resolve, 60))
    for (const buffers of held) pool.give(buffers)
    expect((await answer).kind).toBe('rows')
  })
})

describe('settings of time', () => {
  const enough = {
    ENROLLMENTS: '100',
    KEY_VAULT_URI: 'https://vault.example',
    ARCHIVE_STORAGE__blobServiceUri: 'https://a.blob.core.windows.net',
    ARCHIVE_STORAGE__queueServiceUri: 'https://a.queue.core.windows.net',
  }

  it.each([
    [
      { RETRY_HEADERS_SECONDS: '200' },
      /RETRY_HEADERS_SECONDS is wrong: expected less than RETRY_TRY_SECONDS/,
    ],
    [
      { RETRY_BUDGET_SECONDS: '60' },
      /RETRY_TRY_SECONDS is wrong: expected no more than RETRY_BUDGET_SECONDS/,
    ],
    [
      { PART_SECONDS: '1400' },
      /PART_SECONDS is wrong: expected together with RETRY_BUDGET_SECONDS less than 1500/,
    ],
    [
      { RETRY_BUDGET_SECONDS: '1000' },
      /PART_SECONDS is wrong: expected together with RETRY_BUDGET_SECONDS/,
    ],
  ])('%j do not nest, and are rejected with the reason', (given, told) => {
    expect(() => readConfig({ ...enough, ...given })).toThrow(told)
  })

  it('end a function before its host does', () => {
    const host = JSON.parse(readFileSync('host.json', 'utf8')) as { functionTimeout: string }
    const [hours = 0, minutes = 0, seconds = 0] = host.functionTimeout.split(':').map(Number)
    expect((hours * 60 + minutes) * 60 + seconds).toBeGreaterThan(INVOCATION_SECONDS + 60)
  })
})
