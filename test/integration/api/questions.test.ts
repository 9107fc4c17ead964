/** Queries on an archive with real storage, queue and vault, compared with the source's rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sumTexts } from '../../../shared/rows/decimal/decimal.ts'
import { type Ask, apiClient } from '../../../testing/http/api-client.ts'
import { type Stack, startStack, type TestArchive } from '../../../testing/stack/archive-stack.ts'

const ROOT = '/archive/enrollments/100/usagedetails'
const ROWS = `${ROOT}/201704/rows`

let stack: Stack
let test: TestArchive
let ask: Ask

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({
    simulator: { day: '2017-05-02', rowsPerDay: 20 },
    settings: {
      SETTLEMENT_DAYS: '1',
      REDIRECT_OVER_BYTES: '1024',
      BUSINESS_DAY: '2017-05-02',
      COMPOSED_PER_HOUR: '2',
    },
  })
  await test.run()
  ask = apiClient(test.deps.http, test.key)
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

const sourceRows = (): readonly string[] =>
  test.simulator.rows('/v3/enrollments/100/billingPeriods/201704/usagedetails')
const fieldOf = (row: string, name: string): string =>
  new RegExp(`"${name}":("[^"]*"|[^,}]+)`).exec(row)?.[1] ?? ''
const where = (...conditions: string[]): string =>
  conditions.map((each) => `where=${encodeURIComponent(each)}`).join('&')

describe('sums under conditions', () => {
  it.each([
    [['cost >= 10'], (row: string) => Number(fieldOf(row, 'cost')) >= 10],
    [
      ['cost>1e-05', 'cost<.5'],
      (row: string) => {
        return Number(fieldOf(row, 'cost')) > 0.00001 && Number(fieldOf(row, 'cost')) < 0.5
      },
    ],
    [
      [' date <= 2017-04-03T23:59:59Z '],
      (row: string) => {
        return fieldOf(row, 'date').slice(1, 11) <= '2017-04-03'
      },
    ],
    [
      ['chargesBilledSeparately = FALSE'],
      (row: string) => {
        return fieldOf(row, 'chargesBilledSeparately') === 'false'
      },
    ],
  ])('%j are those of the rows that meet them', async (conditions, fits) => {
    const url = `${ROOT}/totals?from=201704&to=201704&sum=cost&${where(...conditions)}`
    const expected = sourceRows().filter(fits)
    const found = (await ask(url)).json<{ rows: number; totals: { cost: string } }>()
    expect(expected.length).toBeGreaterThan(0)
    expect(expected.length).toBeLessThan(sourceRows().length)
    expect(found.rows).toBe(expected.length)
    expect(found.totals.cost).toBe(sumTexts(expected.map((row) => fieldOf(row, 'cost'))))
  })
})

describe('composed answers', () => {
  it('without rows have the right format, and count for each caller', async () => {
    const none = (format: string): string =>
      `${ROWS}?limit=all&select=date,cost&format=${format}&${where('cost > 1000000000')}`
    for (const format of ['csv', 'ndjson']) {
      const waiting = await ask(none(format))
      expect([waiting.status, waiting.headers.get('etag')]).toEqual([202, null])
    }
    const refused = await ask(none('json'))
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds > 0 && seconds <= 1_800).toBe(true)
    await test.compose()
    expect((await ask(none('csv'))).text).toBe('date,cost\r\n')
    expect((await ask(none('ndjson'))).text).toBe('')
    const another = { authorization: `bearer ${await stack.services.entra.token()}` }
    expect((await ask(none('json'), { headers: another })).status).toBe(202)
    // Each host counts separately.
    const other = apiClient(test.host().http, test.key)
    expect((await other(none('json'))).status).toBe(202)
  })
})

describe('health', () => {
  it('caches the state of the keys for as long as the setting says', async () => {
    const { secrets } = stack.services.vault
    const keysOf = async (client: Ask): Promise<number> =>
      (await client('/archive/health')).json<{ keys: object[] }>().keys.length
    const doubtful = apiClient(test.host({ KEY_CHECK_SECONDS: '0' }).http, test.key)
    expect([await keysOf(ask), await keysOf(doubtful)]).toEqual([1, 1])
    secrets.set(`${test.secret}-secondary`, 'another-key')
    expect([await keysOf(ask), await keysOf(doubtful)]).toEqual([1, 2])
  })
})
