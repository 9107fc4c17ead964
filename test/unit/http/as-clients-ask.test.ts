/** Requests of published clients of the old API that go beyond its documentation. */
import { beforeAll, describe, expect, it } from 'vitest'
import { routeMatcher } from '../../../local/function-host/http-routes.ts'
import { call } from '../../../testing/http/call.ts'
import { KEYS, type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'

const ROOT = '/v3/enrollments/100'
const balance = { id: 'b', billingPeriodId: '201704', currencyCode: 'EUR', totalUsage: 10 }

let http: MemoryHttp

beforeAll(async () => {
  http = await memoryHttp()
  const rows = '[{"cost":1E-06,"date":"2017-04-01T00:00:00","chargesBilledSeparately":true}]'
  await http.archive({ billingPeriod: '201704' }, rows)
  const body = JSON.stringify([balance])
  await http.archive({ dataset: 'balancesummary', billingPeriod: '201704' }, body)
})

/** Sends a request to a path that is not described. */
const raw = (path: string): Promise<Response> =>
  call(http.serve, path, { headers: { authorization: `bearer ${KEYS[0]}` } })

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('a key', () => {
  it.each([`anything:${KEYS[0]}`, `:${KEYS[0]}`])(
    'may be the password of basic authentication: %j',
    async (pair) => {
      const headers = { authorization: basic(pair) }
      for (const url of [`${ROOT}/usagedetails`, '/archive/enrollments']) {
        expect((await http.ask(url, { headers })).status).toBe(200)
      }
    },
  )

  it.each([`${KEYS[0]}:`, `${KEYS[0]}`, ':', 'name:wrong', `name:${KEYS[0]}:more`])(
    'opens nothing as %j',
    async (pair) => {
      const headers = { authorization: basic(pair) }
      expect((await http.ask(`${ROOT}/usagedetails`, { headers })).status).toBe(401)
    },
  )
})

describe('the balance', () => {
  it('is an object for v1 and v2, the first element of an array for v3', async () => {
    for (const path of ['balancesummary', 'billingPeriods/201704/balancesummary']) {
      const [v1, v2, v3] = await Promise.all(
        ['v1', 'v2', 'v3'].map(async (v) =>
          (await http.ask(`/${v}/enrollments/100/${path}`)).json(),
        ),
      )
      expect([v1, v2, v3]).toEqual([balance, balance, [balance]])
    }
  })
})

describe('a path', () => {
  it.each(['/v3/enrollments//100/usagedetails', '/v3/enrollments/100//usagedetails'])(
    'with doubled slashes is served: %s',
    async (path) => {
      const { data } = (await (await raw(path)).json()) as { data: unknown[] }
      expect(data).toHaveLength(1)
    },
  )

  it("with doubled slashes matches the function's route, as in the real router", () => {
    const { match } = routeMatcher('{version:length(2)}/{*report}')
    expect(match('/v3/enrollments//100/usagedetails')).toMatchObject({ version: 'v3' })
    expect(match('/v3/enrollments/100//usagedetails')).toMatchObject({ version: 'v3' })
    expect(match('/v3//enrollments/100')).toBeNull()
    expect(match('/archive/enrollments')).toBeNull()
    // The router stops at the first empty segment if a parameter is still missing.
    expect(routeMatcher('{version}/enrollments/{*report}').match('/v3/enrollments//100')).toBeNull()
  })

  it.each(['v1', 'v2', 'v3'])('/%s/swagger is the description', async (version) => {
    for (const path of [`/${version}/swagger`, `/${version}/swagger/`]) {
      const response = await raw(path)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ swagger: '2.0', info: { version } })
    }
  })

  it('of no version is a 404, also without a key', async () => {
    expect((await call(http.serve, '/no/such/route')).status).toBe(404)
    expect((await call(http.serve, '/v3/no/such/route')).status).toBe(401)
  })

  it('of reservations is a 404 that names the API to call instead', async () => {
    const { status, text } = await http.ask(`${ROOT}/reservationcharges`)
    expect(status).toBe(404)
    expect(text).toContain('reservationTransactions')
  })
})

describe('a download', () => {
  it('has the layout that clients parse', async () => {
    const url = `${ROOT}/usagedetails/download?billingPeriod=201704`
    const { headers, text } = await http.ask(url)
    expect(headers.get('content-type')).toBe('application/octet-stream')
    const [title, empty, header = '', row = '', end] = text.split('\r\n')
    expect([title?.includes(','), empty, end]).toEqual([false, '', ''])
    const columns = header.split(',')
    const values = row.split(',')
    const found = (name: string): string | undefined => values[columns.indexOf(name)]
    expect([found('Cost'), found('Date'), found('ChargesBilledSeparately')]).toEqual([
      '0.000001',
      '2017-04-01',
      'True',
    ])
  })

  it('accepts a submission with and without a body', async () => {
    const url = `${ROOT}/usagedetails/submit?billingPeriod=201704`
    const { status, text } = await http.ask(url, { method: 'POST' })
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      status: 1,
      blobPath: '',
      startDate: '2017-04-01T00:00:00',
      endDate: '2017-04-30T00:00:00',
    })
  })
})
