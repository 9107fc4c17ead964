import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveApi } from '../../../shared/http/archive-api.ts'
import { sumTexts } from '../../../shared/rows/decimal/decimal.ts'
import { type Ask, apiClient } from '../../../testing/http/api-client.ts'
import { call } from '../../../testing/http/call.ts'
import { type Stack, startStack, type TestArchive } from '../../../testing/stack/archive-stack.ts'

const ROOT = '/archive/enrollments/100'
const USAGE = `${ROOT}/usagedetails/201704`
const OPEN = `${ROOT}/usagedetails/201705`

let stack: Stack
let test: TestArchive
let ask: Ask
/** A time between the first and the second snapshot of the open period. */
let between: string

interface Rows {
  readonly number: number
  readonly rows: Record<string, unknown>[]
  readonly next: string | null
}

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({
    simulator: { day: '2017-05-12', rowsPerDay: 130 },
    settings: {
      REDIRECT_OVER_BYTES: '100000',
      REFRESH_SECONDS: '1',
      BUSINESS_DAY: '2017-05-13',
    },
  })
  await test.run()
  between = new Date(Date.now() + 5).toISOString()
  await new Promise((done) => setTimeout(done, 1_200))
  test.simulator.bill.restate('100', '2017-05-03')
  test.simulator.setDay('2017-05-13')
  await test.run()
  ask = apiClient(test.deps.http, test.key)
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

/** Follows links until there is none. */
async function allRows(url: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (let next: string | null = url; next !== null; ) {
    const page: Rows = (await ask(next)).json<Rows>()
    rows.push(...page.rows)
    next = page.next
  }
  return rows
}

const sourceRows = (period: string): Record<string, unknown>[] =>
  test.simulator
    .rows(`/v3/enrollments/100/billingPeriods/${period}/usagedetails`)
    .map((row) => JSON.parse(row) as Record<string, unknown>)

/** The file behind a redirect, as a client fetches it: without the key. */
async function follow(location: string | null, headers: Record<string, string> = {}) {
  const response = await fetch(location ?? '', { headers })
  expect(response.status).toBe(200)
  return response
}

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

describe('rows', () => {
  it('come page by page, all of them and as the source sent them', async () => {
    const rows = await allRows(`${USAGE}/rows?limit=700`)
    expect(rows).toEqual(sourceRows('201704'))
  })

  it('link to the next page in a header, which stays on the snapshot', async () => {
    const first = await ask(`${OPEN}/rows?limit=10`)
    const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1]
    expect(link).toBe(first.json<Rows>().next)
    expect(link).toContain('/snapshots/2/rows')
    expect((await ask(link ?? '')).headers.get('cache-control')).toContain('immutable')
  })

  it('come as columns that were asked for, that meet conditions', async () => {
    const where = `where=${encodeURIComponent('date>=2017-04-10')}&where=${encodeURIComponent('date<2017-04-12')}&where=${encodeURIComponent('cost>=100.5')}`
    const rows = await allRows(`${USAGE}/rows?select=meterName,cost,date&${where}`)
    const expected = sourceRows('201704')
      .filter(({ date }) => ['2017-04-10', '2017-04-11'].includes(String(date).slice(0, 10)))
      .filter(({ cost }) => Number(cost) >= 100.5)
      .map(({ meterName, cost, date }) => ({ meterName, cost, date }))
    expect(rows.length).toBeGreaterThan(10)
    expect(rows).toEqual(expected)
  })

  it('keep every digit where they are asked for as text', async () => {
    const lines = (await ask(`${USAGE}/rows?format=ndjson&limit=50&select=cost`)).text
      .trimEnd()
      .split('\n')
    const source = test.simulator.rows('/v3/enrollments/100/billingPeriods/201704/usagedetails')
    const costs = source.slice(0, 50).map((row) => /"cost":([^,}]+)/.exec(row)?.[1])
    expect(lines).toEqual(costs.map((cost) => `{"cost":${cost}}`))
    const csv = (await ask(`${USAGE}/rows?format=csv&limit=50&select=cost`)).text
    expect(csv).toBe(['cost', ...costs, ''].join('\r\n'))
  })

  it('come in the form that Accept names', async () => {
    const accept = (value: string) => ask(`${USAGE}/rows?limit=1`, { headers: { accept: value } })
    expect((await accept('text/csv')).headers.get('content-type')).toContain('text/csv')
    expect(
      (await accept('application/x-ndjson;q=0.5, text/csv;q=0.1')).headers.get('content-type'),
    ).toContain('ndjson')
    expect((await accept('*/*')).headers.get('content-type')).toContain('application/json')
    expect((await accept('image/png')).status).toBe(406)
  })

  it('are those that were known at a time, and final once there is a later snapshot', async () => {
    const then = await ask(`${OPEN}/rows?limit=1&asOf=${between}`)
    expect(then.json<Rows>().number).toBe(1)
    expect(then.headers.get('cache-control')).toContain('immutable')
    const now = await ask(`${OPEN}/rows?limit=1&asOf=2100-01-01`)
    expect(now.json<Rows>().number).toBe(2)
    expect(now.headers.get('cache-control')).not.toContain('immutable')
    expect((await ask(`${OPEN}/rows?asOf=2017-01-01`)).status).toBe(404)
  })

  it('come as one file from storage, to a client without the key', async () => {
    const gzip = { 'accept-encoding': 'gzip' }
    const json = await ask(`${USAGE}/rows?limit=all`, { headers: gzip })
    expect(json.status).toBe(307)
    const file = await follow(json.headers.get('location'))
    expect(await file.json()).toEqual(sourceRows('201704'))
    const csv = await ask(`${USAGE}/rows?limit=all&format=csv`)
    expect(csv.status).toBe(307)
    expect(csv.headers.get('cache-control')).toBe('no-store')
    const text = await (await follow(csv.headers.get('location'))).text()
    expect(text.split('\r\n')).toHaveLength(sourceRows('201704').length + 2)
  })

  it('are composed by a worker where no file holds exactly them; no gzip for who takes none', async () => {
    for (const query of ['limit=all', 'limit=all&format=ndjson&select=date,cost']) {
      const first = await ask(`${USAGE}/rows?${query}`)
      expect(first.status).toBe(202)
      expect(first.headers.get('retry-after')).toBe('2')
      const state = first.json<{ status: string; url: string }>()
      expect(state.status).toBe('queued')
      expect(first.headers.get('location')).toBe(state.url)
      expect((await ask(state.url)).status).toBe(202)
      await test.compose()
      const done = (await ask(state.url)).json<{ status: string; rows: number; file: string }>()
      expect(done).toMatchObject({ status: 'completed', rows: sourceRows('201704').length })
      const again = await ask(`${USAGE}/rows?${query}`)
      expect(again.status).toBe(307)
      const viaFile = await ask(done.file)
      const text = await (await follow(viaFile.headers.get('location'))).text()
      expect(text).toBe(await (await follow(again.headers.get('location'))).text())
      if (query === 'limit=all') expect(JSON.parse(text)).toEqual(sourceRows('201704'))
      else expect(text.trimEnd().split('\n')).toHaveLength(sourceRows('201704').length)
    }
  })

  it('answer 304 while nothing changed, HEAD like GET, and gzip where it is taken', async () => {
    const url = `${OPEN}/rows?limit=100`
    const plain = await ask(url)
    const etag = plain.headers.get('etag') ?? ''
    expect((await ask(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask(`${url}&select=cost`, { headers: { 'if-none-match': etag } })).status).toBe(
      200,
    )
    const head = await ask(url, { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag])
    const handlerAnswer = await ask(url, { headers: { 'accept-encoding': 'identity' } })
    expect(handlerAnswer.headers.get('content-encoding')).toBeNull()
  })
})

describe('differences and sums', () => {
  it('tell which rows changed and by how much', async () => {
    const found = (await ask(`${OPEN}/diff?rows=1000`)).json<{
      from: { number: number }
      to: { number: number }
      added: number
      removed: number
      totals: { column: string; from: string; to: string; difference: string }[]
      changes: { kind: string; row: object }[]
    }>()
    expect([found.from.number, found.to.number]).toEqual([1, 2])
    expect(found.added).toBeGreaterThan(found.removed)
    expect(found.changes).toHaveLength(found.added + found.removed)
    const [cost] = found.totals
    expect(sumTexts([cost?.from ?? '', cost?.difference ?? ''])).toBe(cost?.to)
    expect((await ask(`${USAGE}/diff`)).status).toBe(404)
  })

  it('sum exactly by one or two columns over periods', async () => {
    const url = `${ROOT}/usagedetails/totals?groupBy=billingPeriod,meterCategory&sum=cost&from=201704&to=201704`
    const found = (await ask(url)).json<{
      groups: { key: Record<string, string>; rows: number; totals: { cost: string } }[]
      rows: number
      totals: { cost: string }
      snapshots: object[]
    }>()
    const rows = test.simulator.rows('/v3/enrollments/100/billingPeriods/201704/usagedetails')
    const expected = new Map<string, string[]>()
    for (const row of rows) {
      const { meterCategory } = JSON.parse(row) as { meterCategory: string }
      const cost = /"cost":([^,}]+)/.exec(row)?.[1] ?? ''
      expected.set(meterCategory, [...(expected.get(meterCategory) ?? []), cost])
    }
    expect(found.groups).toHaveLength(expected.size)
    for (const { key, rows: count, totals } of found.groups) {
      const costs = expected.get(key['meterCategory'] ?? '') ?? []
      expect([key['billingPeriod'], count]).toEqual(['201704', costs.length])
      expect(totals.cost).toBe(sumTexts(costs))
    }
    expect(found.rows).toBe(rows.length)
    expect(found.snapshots).toHaveLength(1)
    const manifest = (await ask(`${USAGE}/snapshots/1`)).json<{ totals: { cost: string } }>()
    expect(found.totals.cost).toBe(manifest.totals.cost)
  })

  it('are composed by a worker where there are many rows', async () => {
    const deps = test.host({ WAIT_ROWS: '10' })
    const few = apiClient(deps.http, test.key)
    for (const url of [`${OPEN}/diff`, `${ROOT}/usagedetails/totals?groupBy=meterName`]) {
      expect((await few(url)).status).toBe(202)
      await test.compose()
      const { status, headers } = await few(url)
      expect(status).toBe(307)
      const composed = (await (await follow(headers.get('location'))).json()) as object
      expect(composed).toEqual((await ask(url)).json<object>())
    }
  })
})

describe('a refresh', () => {
  it('opens a plan once, tells how it stands, and is limited in rate', async () => {
    test.simulator.setDay('2017-05-14')
    await new Promise((done) => setTimeout(done, 1_100))
    const first = await ask(`${OPEN}/refresh`, { method: 'POST' })
    expect(first.status).toBe(202)
    const state = first.json<{ id: string; url: string; status: string; parts: { done: number } }>()
    expect(state).toMatchObject({ status: 'running', parts: { done: 0, of: 13 } })
    const slow = apiClient(test.host({ REFRESH_SECONDS: '300' }).http, test.key)
    const second = await slow(`${OPEN}/refresh`, { method: 'POST' })
    expect(second.json<{ id: string }>().id).toBe(state.id)
    await test.drain()
    const done = (await ask(state.url)).json<{ status: string; number: number }>()
    expect(done).toMatchObject({ status: 'sealed', number: 3 })
    const soon = await slow(`${OPEN}/refresh`, { method: 'POST' })
    expect(soon.status).toBe(429)
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(200)
  })

  it.each([
    [`${ROOT}/usagedetails/201612/refresh`, 404],
    [`${ROOT}/usagedetails/all/refresh`, 400],
  ])('of %s is %i', async (url, status) => {
    expect((await ask(url, { method: 'POST' })).status).toBe(status)
  })
})

describe('what is wrong is said as a problem', () => {
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

  it('a wrong method is 405 with those that are right', async () => {
    const put = await call((request) => archiveApi(test.deps.http, request), `${USAGE}/rows`, {
      method: 'PUT',
    })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('verification', () => {
  it('tells the last results', async () => {
    const found = (await ask('/archive/verification')).json<{ ledger: null; series: object[] }>()
    expect(found).toEqual({ ledger: null, series: [] })
  })
})

describe('gzip', () => {
  it('is sent to who takes it and is the same', async () => {
    const request = (encoding: string) =>
      archiveApi(test.deps.http, {
        method: 'GET',
        url: new URL(`http://archive.example${USAGE}/rows?limit=50`),
        header: (name) =>
          ({ authorization: `bearer ${test.key}`, 'accept-encoding': encoding })[name] ?? null,
        id: 'x',
      })
    const [plain, packed] = await Promise.all([request(''), request('gzip')])
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(Buffer.concat(packed.body))).toEqual(Buffer.concat(plain.body))
    expect(packed.headers['etag']).not.toBe(plain.headers['etag'])
  })
})
