/**
 * Price sheets and Marketplace charges are arrays without pages; tests how large ones reach clients of the
 * old API.
 */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportingApi } from '../../../shared/http/reporting/reporting-api.ts'
import { type ApiBench, startApiBench, whileComposing } from '../../../testing/api/api-bench.ts'
import { type Ask, apiClient } from '../../../testing/http/api-client.ts'
import { call } from '../../../testing/http/call.ts'
import type { TestArchive } from '../../../testing/stack/archive-stack.ts'

const ROOT = '/v3/enrollments/100'

let bench: ApiBench
let test: TestArchive
/** A limit that makes every answer large. */
let askLarge: Ask

beforeAll(async () => {
  bench = await startApiBench({ simulator: { months: 3 } })
  test = bench.test
  const settings = { REDIRECT_OVER_BYTES: '1024', REDIRECT_JSON_OVER_BYTES: '1024' }
  askLarge = apiClient(test.host(settings).http, test.key)
})
afterAll(() => bench.close())

const source = (path: string): Record<string, unknown>[] =>
  test.simulator.rows(path).map((row) => JSON.parse(row) as Record<string, unknown>)

describe('long arrays', () => {
  it.each(['pricesheet', 'marketplacecharges'])(
    'of %s are sent themselves to clients that follow no redirect',
    async (dataset) => {
      const url = `${ROOT}/billingPeriods/201704/${dataset}`
      // Large for CSV, but not too large for one invocation.
      const host = test.host({ REDIRECT_OVER_BYTES: '1024' })
      const plain = await apiClient(host.http, test.key)(url)
      expect(plain.status).toBe(200)
      expect(plain.json()).toEqual(source(url))
      const headers = { authorization: `bearer ${test.key}`, 'accept-encoding': 'gzip' }
      const packed = await call((request) => reportingApi(host.http, request), url, { headers })
      expect(packed.headers.get('content-encoding')).toBe('gzip')
      const bytes = gunzipSync(Buffer.from(await packed.arrayBuffer()))
      expect(JSON.parse(bytes.toString())).toEqual(source(url))
    },
  )

  it.each(['pricesheet', 'marketplacecharges'])(
    'of %s are redirects to gzip for clients that accept it',
    async (dataset) => {
      const url = `${ROOT}/billingPeriods/201704/${dataset}`
      const headers = { 'accept-encoding': 'gzip' }
      const { status, headers: answered } = await askLarge(url, { headers })
      expect(status).toBe(307)
      const response = await fetch(answered.get('location') ?? '')
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(await response.json()).toEqual(source(url))
    },
  )

  it('are never gzip for a client that does not accept it', async () => {
    const url = `${ROOT}/billingPeriods/201704/pricesheet`
    const { status, headers } = await whileComposing(test, askLarge(url))
    expect(status).toBe(307)
    const response = await fetch(headers.get('location') ?? '', {
      headers: { 'accept-encoding': 'identity' },
    })
    expect(response.headers.get('content-encoding')).toBeNull()
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(() => gunzipSync(bytes)).toThrow(/incorrect header/)
    expect(JSON.parse(bytes.toString())).toEqual(source(url))
  })

  it('have tags under which they are 304', async () => {
    const url = `${ROOT}/billingPeriods/201704/pricesheet`
    const headers = { 'accept-encoding': 'gzip' }
    const etag = (await askLarge(url, { headers })).headers.get('etag') ?? ''
    const again = await askLarge(url, { headers: { ...headers, 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })
})
