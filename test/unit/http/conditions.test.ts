/** Conditions in many spellings, and nonsensical ones, on the routes of both families. */

import { beforeAll, describe, expect, it } from 'vitest'
import { type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'
import { withParsedPeriods } from '../../../testing/sources/changed-source.ts'

const ROOT = '/archive/enrollments/100/usagedetails'
const ROWS = `${ROOT}/201704/rows`
const TOTALS = `${ROOT}/totals`

const AMOUNTS = ['0.00001', '1', '1.50', '12', '1E-400', '1E400']
/** The first and last of four rows have ISO dates, those between .NET notation. */
const dateOf = (i: number): string =>
  i % 3 === 0 ? `2026-10-0${i + 1}T00:00:00` : `10/${i + 1}/2026 12:00:00 AM`
const row = (cost: string, i: number): string =>
  `{"serviceName":"s","c\\u006fst":${cost},"resourceRate":${cost},"date":"${dateOf(i)}","meterName":"m${i}"}`

let http: MemoryHttp

beforeAll(async () => {
  http = await memoryHttp()
  await http.archive({ billingPeriod: '201704' }, `[${AMOUNTS.slice(0, 4).map(row).join(',')}]`)
  await http.archive({ billingPeriod: '201705' }, `[${AMOUNTS.slice(0, 2).map(row).join(',')}]`)
})

const query = (...where: string[]): string =>
  where.map((each) => `where=${encodeURIComponent(each)}`).join('&')

interface Sums {
  readonly rows: number
  readonly totals: { readonly cost: string }
  readonly leftOut?: { readonly cost: number }
}

describe('a condition', () => {
  it.each([
    [['cost >= 1'], 3],
    [['cost>=1e-05'], 4],
    [['cost > 1e-05'], 3],
    [['cost<=.5'], 1],
    [['cost=+1'], 1],
    [['date>= 2026-10-03'], 2],
    [['date >= 2026-10-02', ' date<=2026-10-03T00:00:00'], 2],
    [['meterName = m1'], 1],
    [['resourceRate=0'], 0],
  ])('%j matches %i rows, in rows and in totals', async (where, count) => {
    const rows = await http.ask(`${ROWS}?${query(...where)}`)
    expect(rows.status).toBe(200)
    expect(rows.json<{ rows: object[] }>().rows).toHaveLength(count)
    const sums = await http.ask(`${TOTALS}?from=201704&to=201704&${query(...where)}`)
    expect(sums.json<Sums>().rows).toBe(count)
  })

  it.each([
    ['cost>=1,5', /cost>=1,5: expected a number/],
    ['cost=abc', /cost=abc: expected a number/],
    [`cost=${'1'.repeat(101)}`, /at most 100 digits/],
    ['date>=10/01/2026', /date>=10\/01\/2026: expected a day as yyyy-MM-dd/],
    ['date>=2026-02-30', /2026-02-30/],
    ['chargesBilledSeparately=yes', /true or false/],
    ['Cost>=1', /no such column: Cost/],
    ['meterName==m1', /expected a column, one of/],
  ])('%s is rejected on all routes', async (where, title) => {
    for (const url of [`${ROWS}?`, `${ROWS}?limit=all&format=csv&`, `${TOTALS}?`]) {
      const answer = await http.ask(`${url}${query(where)}`)
      expect([url, answer.status]).toEqual([url, 400])
      expect(answer.json<{ title: string }>().title).toMatch(title)
    }
  })

  it('matches a row with an extreme exponent', async () => {
    const other = await memoryHttp()
    const line = (rate: string): string => `{"resourceRate":${rate},"date":"2017-04-01"}`
    await other.archive({ billingPeriod: '201704' }, `[${AMOUNTS.map(line).join(',')}]`)
    const found = async (where: string): Promise<number> =>
      (await other.ask(`${ROWS}?${query(where)}`)).json<{ rows: object[] }>().rows.length
    expect(await found('resourceRate=0')).toBe(0)
    expect(await found('resourceRate<1')).toBe(2)
    expect(await found('resourceRate>12')).toBe(1)
  })
})

describe('a request that must be a mistake', () => {
  it.each([
    [`${ROWS}?select=cost,meterName,cost`, /select.*once/],
    [`${ROWS}?select=${'tags,'.repeat(14)}tags&format=csv`, /select.*once/],
    [`${TOTALS}?groupBy=meterName,meterName`, /groupBy.*once/],
    [`${TOTALS}?sum=cost,cost`, /sum.*once/],
    [`${TOTALS}?groupBy=meterName,`, /groupBy/],
    [`${TOTALS}?from=201705&to=201704`, /from.*201705/],
    [`${ROOT}/201704/snapshots/1/rows?cursor=9-0-0`, /no page begins there/],
    [`${ROOT}/201704/snapshots/1/rows?cursor=0-1-0`, /no page begins there/],
    [`${ROWS}?asOf=2026-11-24T12:00:00`, /asOf/],
  ])('%s is refused', async (url, title) => {
    const answer = await http.ask(url)
    expect(answer.status).toBe(400)
    expect(answer.json<{ title: string }>().title).toMatch(title)
  })

  it.each([
    'usagedetails/download?billingPeriod=201704&startTime=2017-04-01&endTime=2017-04-02',
    'usagedetails?skiptoken=eyJzIjpbWyIyMDE3MDQiLDFdXSwiYXQiOlswLDcsMF19',
  ])('%s is refused by the old routes, too', async (path) => {
    expect((await http.ask(`/v3/enrollments/100/${path}`)).status).toBe(400)
  })
})

describe('usage dates in another spelling', () => {
  it('are found by custom dates', async () => {
    const url =
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2026-10-02&endTime=2026-10-03'
    const other = await memoryHttp()
    await other.archive({ billingPeriod: '202610' }, `[${AMOUNTS.slice(0, 4).map(row).join(',')}]`)
    const { data } = (await other.ask(url)).json<{ data: { meterName: string }[] }>()
    expect(data.map(({ meterName }) => meterName)).toEqual(['m1', 'm2'])
  })

  it('are found even if the list of periods lacks their period or is unreadable', async () => {
    const url =
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2026-10-02&endTime=2026-10-03'
    const other = await memoryHttp({}, (deps) => ({
      ...deps,
      archive: withParsedPeriods(deps.archive, () => {
        throw new Error('not a list')
      }),
    }))
    await other.archive({ dataset: 'billingperiods', billingPeriod: 'all' }, '[{}]')
    await other.archive({ billingPeriod: '202610' }, `[${AMOUNTS.slice(0, 4).map(row).join(',')}]`)
    for (const path of [url, '/v3/enrollments/100/usagedetails']) {
      expect((await other.ask(path)).json<{ data: object[] }>().data.length).toBeGreaterThan(0)
    }
    const periods = await other.ask('/archive/enrollments/100/periods')
    expect(
      periods.json<{ periods: { billingPeriod: string; firstDay: null }[] }>().periods,
    ).toEqual([
      expect.objectContaining({ billingPeriod: 'all' }),
      expect.objectContaining({ billingPeriod: '202610', firstDay: null }),
    ])
  })
})

describe('v1', () => {
  it('renames and omits fields whose keys have escapes', async () => {
    const escaped = `[{"service\\u004eame":"s","c\\u006fst":1.50,"date":"2017-04-01"}]`
    const other = await memoryHttp()
    await other.archive({ billingPeriod: '201704' }, escaped)
    const path = 'billingPeriods/201704/usagedetails'
    const old = await other.ask(`/v1/enrollments/100/${path}`)
    expect(old.text).toContain('"data":[{"Cost":1.50,"date":"2017-04-01"}]')
    const current = await other.ask(`/v3/enrollments/100/${path}`)
    expect(current.text).toContain(escaped)
  })
})

describe('the list of periods', () => {
  it('has routes of the requested version, however their slashes are written', async () => {
    const other = await memoryHttp()
    const path = (version: string): string => `/${version}/enrollments/100/billingPeriods/201704/x`
    const escaped = path('v3').replaceAll('/', '\\/')
    const rows = `[{"usageDetails":"${path('v3')}","priceSheet":"${escaped}"}]`
    await other.archive({ dataset: 'billingperiods', billingPeriod: 'all' }, rows)
    const found = (await other.ask('/v1/enrollments/100/billingperiods')).json<object[]>()
    expect(found).toEqual([{ usageDetails: path('v1'), priceSheet: path('v1') }])
  })
})

describe('pages of the old API', () => {
  it('continue from a token whatever the case of its name', async () => {
    const other = await memoryHttp()
    const many = Array.from({ length: 1_001 }, (_, i) => `{"cost":${i},"date":"2017-04-01"}`)
    await other.archive({ billingPeriod: '201704' }, `[${many.join(',')}]`)
    const path = '/v3/enrollments/100/billingPeriods/201704/usagedetails'
    const { nextLink } = (await other.ask(path)).json<{ nextLink: string }>()
    const second = (await other.ask(nextLink.replace('skiptoken', 'SkipToken'))).json<{
      data: { cost: number }[]
      nextLink: null
    }>()
    expect(second.data.map(({ cost }) => cost)).toEqual([1_000])
    expect(second.nextLink).toBeNull()
  })
})
