/** `decimals=text`, for clients that read numbers as doubles. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'

const ROOT = '/archive/enrollments/100/usagedetails/201704'
const OLD = '/v3/enrollments/100/billingPeriods/201704'
const DIGITS = ['0.000416666666666667000', '1E-06', '100.00', '-12345678901234567890.5']

const rowOf = (cost: string): string =>
  `{"cost":${cost},"accountId":23467313421,"date":"2017-04-01T00:00:00","meterName":"5","product":"${'p'.repeat(300)}","extra":{"n":1.10}}`

let http: MemoryHttp

beforeAll(async () => {
  // So small that the whole month is composed, which is another path to the same rows.
  http = await memoryHttp({ redirectOverBytes: 1_024, waitMs: 1_000 })
  await http.archive({ billingPeriod: '201704' }, `[${rowOf('1')}]`)
  await http.archive({ billingPeriod: '201704' }, `[${DIGITS.map(rowOf).join(',')}]`)
  const balance =
    '{"id":"b","billingPeriodId":201704,"totalUsage":10.00,"adjustmentDetails":[{"name":"a","value":1.50}]}'
  await http.archive({ dataset: 'balancesummary', billingPeriod: '201704' }, `[${balance}]`)
})

interface Row {
  readonly cost: unknown
  readonly accountId: unknown
  readonly meterName: unknown
  readonly extra: { readonly n: unknown }
}

function expectTexts(rows: readonly Row[]): void {
  expect(rows.map(({ cost }) => cost)).toEqual(DIGITS)
  expect(rows[0]).toMatchObject({ accountId: '23467313421', meterName: '5', extra: { n: '1.10' } })
}

describe('decimals=text', () => {
  it('gives exactly the digits of the rows of a page in either family, and changes no other field', async () => {
    const page = await http.ask(`${ROOT}/rows?decimals=text`)
    const found = page.json<{ rows: Row[]; number: unknown }>()
    expectTexts(found.rows)
    expect(found.number).toBe(2)
    const old = await http.ask(`${OLD}/usagedetails?DECIMALS=Text`)
    expectTexts(old.json<{ data: Row[] }>().data)
  })

  it('works with select, where and NDJSON', async () => {
    const query = 'decimals=text&select=cost&where=cost<0&format=ndjson'
    const found = await http.ask(`${ROOT}/rows?${query}`)
    expect(found.text).toBe('{"cost":"-12345678901234567890.5"}\n')
  })

  it('is kept by the links to the next pages', async () => {
    const costs: unknown[] = []
    for (let url: string | null = `${ROOT}/rows?decimals=text&limit=1`; url !== null; ) {
      const page: { rows: Row[]; next: string | null } = (await http.ask(url)).json()
      costs.push(...page.rows.map(({ cost }) => cost))
      url = page.next
    }
    expect(costs).toEqual(DIGITS)
  })

  it('also applies to whole answers, which are composed instead of stored files', async () => {
    const url = `${ROOT}/rows?decimals=text&limit=all`
    const accepted = await http.ask(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(accepted.status).toBe(202)
    await http.compose()
    const done = await http.ask(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(done.status).toBe(307)
    expectTexts(JSON.parse(http.fileAt(done.headers.get('location'))) as Row[])
  })

  it('gives the digits of an object, and of what is nested in it', async () => {
    const balance = {
      id: 'b',
      billingPeriodId: '201704',
      totalUsage: '10.00',
      adjustmentDetails: [{ name: 'a', value: '1.50' }],
    }
    const [v1, v3] = ['/v1', '/v3'].map(
      (version) => `${OLD.replace('/v3', version)}/balancesummary`,
    )
    expect((await http.ask(`${v1}?decimals=text`)).json()).toEqual(balance)
    expect((await http.ask(`${v3}?decimals=text`)).json()).toEqual([balance])
  })

  it('gives the digits of changed rows', async () => {
    const found = await http.ask(`${ROOT}/diff?rows=10&decimals=text`)
    const { changes, added } = found.json<{
      added: unknown
      changes: { kind: string; row: Row }[]
    }>()
    expect(added).toBe(4)
    const rows = changes.filter(({ kind }) => kind === 'added').map(({ row }) => row)
    expect(new Set(rows.map(({ cost }) => cost))).toEqual(new Set(DIGITS))
  })

  it('does not change CSV', async () => {
    const url = `${ROOT}/rows?format=csv&select=cost`
    expect((await http.ask(`${url}&decimals=text`)).text).toBe((await http.ask(url)).text)
  })

  it('has a different tag from numbers', async () => {
    for (const url of [`${ROOT}/rows`, `${OLD}/usagedetails`, `${ROOT}/diff?rows=1`]) {
      const text = `${url}${url.includes('?') ? '&' : '?'}decimals=text`
      const [tag, other] = [await http.ask(url), await http.ask(text)]
      expect(other.headers.get('etag')).not.toBe(tag.headers.get('etag'))
    }
  })

  it('accepts no other value', async () => {
    for (const url of [`${ROOT}/rows?decimals=string`, `${OLD}/usagedetails?decimals=string`]) {
      expect((await http.ask(url)).status).toBe(400)
    }
    const numbers = await http.ask(`${ROOT}/rows?decimals=number`)
    expect(numbers.text).toContain(`"cost":${DIGITS[0]}`)
  })
})
