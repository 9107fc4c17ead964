/** A source that fails, temporarily or permanently, and refused keys. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultRule } from '../../local/simulator/faults.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'
import { type StoredArchive, sameness } from '../../testing/stack/read-archive.ts'

/** Two pages per day, and few prices. */
const simulator = { day: '2017-04-02', months: 1, rowsPerDay: 1_700, prices: 100 }

let stack: Stack
let test: MemoryArchive
let stored: StoredArchive

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())
beforeEach(async () => {
  const settings = { RETRY_TRIES: '5', RETRY_CAP_MS: '20' }
  test = await freshInMemory(stack, { simulator, settings })
  stored = test.stored
})
afterEach(() => test.close())

/** The archive without faults, the same for all tests. */
let clean: Record<string, unknown> | null = null

async function undisturbed(): Promise<Record<string, unknown>> {
  if (clean !== null) return clean
  const peaceful = await freshInMemory(stack, { simulator })
  await peaceful.run()
  clean = await sameness(peaceful.stored)
  await peaceful.close()
  return clean
}

const CUSTOM = /usagedetailsbycustomdate/
const SECOND_PAGE = /skiptoken=1000/

describe('a temporary fault of the source', () => {
  const faults: [string, FaultRule[]][] = [
    [
      '429 with Retry-After',
      [{ kind: 'status', status: 429, retryAfter: '0', match: CUSTOM, times: 2 }],
    ],
    [
      '500, 502, 503, 504 in a row',
      [500, 502, 503, 504].map((status) => ({
        kind: 'status',
        status,
        match: SECOND_PAGE,
        times: 1,
      })),
    ],
    ['a connection that is reset', [{ kind: 'reset', match: SECOND_PAGE, times: 2 }]],
    ['a body cut in the middle', [{ kind: 'cut', match: SECOND_PAGE, times: 2 }]],
    ['a body that ends early without an error', [{ kind: 'truncate', times: 3 }]],
    ['HTML with status 200', [{ kind: 'garbage', skip: 1, times: 3 }]],
    ['a slow body', [{ kind: 'slow', delayMs: 300, match: SECOND_PAGE, times: 1 }]],
    [
      'a restatement between two pages',
      [{ kind: 'restate', match: SECOND_PAGE, skip: 1, times: 1 }],
    ],
    ['faults at a rate of 20 %', [{ kind: 'status', status: 503, rate: 0.2 }]],
  ]
  it.each(faults)('%s: ends with the right archive', async (_, rules) => {
    test.simulator.setFaults(rules)
    await test.run()
    const disturbed = await sameness(stored)
    test.simulator.setFaults([])
    if (rules[0]?.kind === 'restate') {
      // The restated data counts: the snapshot has the source's current data and no older page.
      for (const manifest of (await stored.newest()).values()) {
        if (manifest.dataset !== 'usagedetails') continue
        const expected = manifest.parts.flatMap(({ key }) => [
          ...test.simulator.rows(
            `/v3/enrollments/100/usagedetailsbycustomdate?startTime=${key}&endTime=${key}`,
          ),
        ])
        expect(await stored.rows(manifest)).toEqual(expected)
      }
      expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
      return
    }
    expect(disturbed).toEqual(await undisturbed())
    expect(
      test.lines.some((line) => line.includes('source.retry')) || rules[0]?.kind === 'slow',
    ).toBe(true)
  })
})

describe('a permanent fault', () => {
  it.each<[string, FaultRule, string]>([
    ['400', { kind: 'status', status: 400 }, 'SOURCE_BAD_REQUEST'],
    ['403', { kind: 'status', status: 403 }, 'SOURCE_FORBIDDEN'],
    ['404', { kind: 'status', status: 404 }, 'SOURCE_NOT_FOUND'],
    ['418', { kind: 'status', status: 418 }, 'SOURCE_UNEXPECTED_STATUS'],
  ])('%s is not retried, is recorded by name, and hides nothing else', async (_, rule, code) => {
    const match = /usagedetailsbycustomdate.*startTime=2017-04-01/
    test.simulator.setFaults([{ ...rule, match }])
    await test.run()
    const asked = test.simulator.requests.filter((path) => match.test(path))
    expect(asked).toHaveLength(1)
    const series = [...(await stored.newest()).keys()]
    expect(series).not.toContain('usagedetails/201704')
    expect(series).toContain('pricesheet/201704')
    const failure = test.lines.find((line) => line.includes('"part.failed"')) ?? ''
    expect(JSON.parse(failure)).toMatchObject({ code, part: '2017-04-01' })

    test.simulator.setFaults([])
    await test.run() // the timer joins the open plan and drives the failed part again
    expect(await sameness(stored)).toEqual(await undisturbed())
  })
})

describe('keys', () => {
  it('are read again if refused, then the secondary is tried', async () => {
    const { vault } = stack.services
    const good = vault.secrets.get(test.secret) ?? ''
    vault.secrets.set(test.secret, 'an-expired-key')
    vault.secrets.set(`${test.secret}-secondary`, good)
    const reads = vault.reads.length
    await test.run()
    vault.secrets.delete(`${test.secret}-secondary`)
    expect(await sameness(stored)).toEqual(await undisturbed())
    // Read once at first and once after the refusal, not once per part.
    expect(vault.reads.length - reads).toBeLessThanOrEqual(4 + 2)
  })

  it('that are all refused are a named failure with advice and without a key', async () => {
    stack.services.vault.secrets.set(test.secret, 'a-wrong-and-secret-key')
    await test
      .run()
      .catch((error: Error) =>
        expect(error.message).toMatch(/401: the key for enrollment 100 was refused/),
      )
    const lines = test.lines.join('\n')
    expect(lines).toMatch(/401: the key for enrollment 100 was refused; store a valid/)
    expect(lines).not.toContain('a-wrong-and-secret-key')
  })
})
