/** The history of an archive over HTTP, from the enrollments down to the files, and errors. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveApi } from '../../../shared/http/archive-api.ts'
import { follow, startTwoDays } from '../../../testing/api/api-bench.ts'
import type { Ask } from '../../../testing/http/api-client.ts'
import { call } from '../../../testing/http/call.ts'

const ROOT = '/archive/enrollments/100'
const USAGE = `${ROOT}/usagedetails/201704`
const OPEN = `${ROOT}/usagedetails/201705`

let bench: Awaited<ReturnType<typeof startTwoDays>>
let ask: Ask

beforeAll(async () => {
  bench = await startTwoDays({ REDIRECT_OVER_BYTES: '100000' })
  ask = bench.ask
})
afterAll(() => bench.close())

describe('what there is', () => {
  it('is listed from the enrollments down to the files', async () => {
    const [first] = (await ask('/archive/enrollments')).json<{
      enrollments: { enrollment: string; periods: string }[]
    }>().enrollments
    expect(first?.enrollment).toBe('100')
    const { periods } = (await ask(first?.periods ?? '')).json<{
      periods: {
        billingPeriod: string
        firstDay: string
        datasets: { dataset: string; snapshots: string }[]
      }[]
    }>()
    expect(periods.map(({ billingPeriod }) => billingPeriod)).toEqual(['all', '201705', '201704'])
    expect(periods[2]?.firstDay).toBe('2017-04-01')
    const usage = periods[1]?.datasets.find(({ dataset }) => dataset === 'usagedetails')
    const history = (await ask(usage?.snapshots ?? '')).json<{
      snapshots: { number: number; manifest: string; sha256: string; settled: boolean }[]
      next: string | null
    }>()
    expect(history.snapshots.map(({ number }) => number)).toEqual([2, 1])
    expect(history.next).toBeNull()
    const [newest] = history.snapshots
    const manifest = await ask(newest?.manifest ?? '')
    expect(createHash('sha256').update(manifest.text).digest('hex')).toBe(newest?.sha256)
    expect(manifest.headers.get('etag')).toBe(`"${newest?.sha256}"`)
    expect(manifest.headers.get('cache-control')).toContain('immutable')
  })

  it('pages through a history', async () => {
    const first = (await ask(`${OPEN}/snapshots?limit=1`)).json<{
      snapshots: { number: number }[]
      next: string
    }>()
    expect(first.snapshots.map(({ number }) => number)).toEqual([2])
    const second = (await ask(first.next)).json<{ snapshots: { number: number }[]; next: null }>()
    expect(second.snapshots.map(({ number }) => number)).toEqual([1])
    expect(second.next).toBeNull()
  })

  it('gives files by ranges, with their digests, and large ones by redirect', async () => {
    const manifest = (await ask(`${USAGE}/snapshots/1`)).json<{
      parts: {
        key: string
        files: { path: string; format: string; sha256: string; bytes: number }[]
      }[]
    }>()
    for (const { path, format, sha256, bytes } of manifest.parts[0]?.files ?? []) {
      const name = path.split('/').at(-1) ?? ''
      const url = `${USAGE}/snapshots/1/files/all/${name}`
      if (bytes > 100_000) {
        const { status, headers } = await ask(url)
        expect(status).toBe(307)
        const file = Buffer.from(await (await follow(headers.get('location'))).arrayBuffer())
        expect(createHash('sha256').update(file).digest('hex')).toBe(sha256)
        continue
      }
      expect(format).toBe('index')
      const whole = await ask(url)
      const digest = createHash('sha256').update(whole.text).digest('base64')
      expect(whole.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`)
      const part = await ask(url, { headers: { range: 'bytes=10-19' } })
      expect([part.status, part.text]).toEqual([206, whole.text.slice(10, 20)])
      expect(part.headers.get('content-range')).toBe(`bytes 10-19/${bytes}`)
      const tail = await ask(url, { headers: { range: 'bytes=-5' } })
      expect(tail.text).toBe(whole.text.slice(-5))
      const stale = { range: 'bytes=10-19', 'if-range': '"another"' }
      expect((await ask(url, { headers: stale })).status).toBe(200)
      const beyond = await ask(url, { headers: { range: `bytes=${bytes}-` } })
      expect(beyond.status).toBe(416)
      const again = { 'if-none-match': whole.headers.get('etag') ?? '' }
      expect((await ask(url, { headers: again })).status).toBe(304)
    }
  })
})

describe('an error is a problem document', () => {
  it.each([
    [`${USAGE}/rows?select=nothing`, 400, /nothing; the columns are: serviceName/],
    [`${USAGE}/rows?where=cost~3`, 400, /where/],
    [`${USAGE}/rows?limit=9999`, 400, /limit/],
    [`${USAGE}/rows?lmit=1`, 400, /lmit/],
    [`${USAGE}/rows?limit=1&limit=2`, 400, /twice/],
    [`${USAGE}/snapshots/7`, 404, /it has 1 to 1/],
    [`${ROOT}/nothing/201704/rows`, 400, /dataset/],
    [`${ROOT}/usagedetails/201713/rows`, 400, /period/],
    [`/archive/enrollments/200/periods`, 403, /200/],
    [`/archive/downloads/${'0'.repeat(64)}`, 404, /download/],
    ['/archive/refreshes/usagedetails.200.201704.abcdefgh', 403, /200/],
  ])('%s is %i', async (url, status, title) => {
    const answer = await ask(url)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.json<{ title: string }>().title).toMatch(title)
  })

  it('a wrong method is 405 with the supported ones', async () => {
    const put = await call(
      (request) => archiveApi(bench.test.deps.http, request),
      `${USAGE}/rows`,
      {
        method: 'PUT',
      },
    )
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('verification', () => {
  it('returns the last results', async () => {
    const found = (await ask('/archive/verification')).json<{ ledger: null; series: object[] }>()
    expect(found).toEqual({ ledger: null, series: [] })
  })
})

describe('health', () => {
  const ask = (headers: Record<string, string>) => {
    return call((request) => archiveApi(bench.test.deps.http, request), '/archive/health', {
      headers,
    })
  }

  it('tells a probe that the app and its storage respond, without data', async () => {
    const response = await ask({})
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('reports the state of every series to a caller with a key', async () => {
    const body = (await (await ask({ authorization: `bearer ${bench.test.key}` })).json()) as {
      series: object[]
    }
    expect(body.series).toContainEqual(
      expect.objectContaining({
        dataset: 'usagedetails',
        billingPeriod: '201704',
        settled: true,
        status: 'archived',
        plan: 'closed',
        failed: [],
      }),
    )
    expect(body.series).toHaveLength(8)
  })

  it('reveals nothing to a wrong key', async () => {
    expect((await ask({ authorization: 'bearer wrong' })).status).toBe(401)
  })
})
