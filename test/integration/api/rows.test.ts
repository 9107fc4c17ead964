/** Rows over HTTP: page by page, as files, and composed by a worker. */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveApi } from '../../../shared/http/archive-api.ts'
import { follow, startTwoDays } from '../../../testing/api/api-bench.ts'
import type { Ask } from '../../../testing/http/api-client.ts'

const USAGE = '/archive/enrollments/100/usagedetails/201704'
const OPEN = '/archive/enrollments/100/usagedetails/201705'

interface Rows {
  readonly number: number
  readonly rows: Record<string, unknown>[]
  readonly next: string | null
}

let bench: Awaited<ReturnType<typeof startTwoDays>>
let ask: Ask

beforeAll(async () => {
  bench = await startTwoDays({ REDIRECT_OVER_BYTES: '100000' })
  ask = bench.ask
})
afterAll(() => bench.close())

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
  bench.test.simulator
    .rows(`/v3/enrollments/100/billingPeriods/${period}/usagedetails`)
    .map((row) => JSON.parse(row) as Record<string, unknown>)

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

  it('have the requested columns and meet the conditions', async () => {
    const where = `where=${encodeURIComponent('date>=2017-04-10')}&where=${encodeURIComponent('date<2017-04-12')}&where=${encodeURIComponent('cost>=100.5')}`
    const rows = await allRows(`${USAGE}/rows?select=meterName,cost,date&${where}`)
    const expected = sourceRows('201704')
      .filter(({ date }) => ['2017-04-10', '2017-04-11'].includes(String(date).slice(0, 10)))
      .filter(({ cost }) => Number(cost) >= 100.5)
      .map(({ meterName, cost, date }) => ({ meterName, cost, date }))
    expect(rows.length).toBeGreaterThan(10)
    expect(rows).toEqual(expected)
  })

  it('keep every digit if requested as text', async () => {
    const lines = (await ask(`${USAGE}/rows?format=ndjson&limit=50&select=cost`)).text
      .trimEnd()
      .split('\n')
    const source = bench.test.simulator.rows(
      '/v3/enrollments/100/billingPeriods/201704/usagedetails',
    )
    const costs = source.slice(0, 50).map((row) => /"cost":([^,}]+)/.exec(row)?.[1])
    expect(lines).toEqual(costs.map((cost) => `{"cost":${cost}}`))
    const csv = (await ask(`${USAGE}/rows?format=csv&limit=50&select=cost`)).text
    expect(csv).toBe(['cost', ...costs, ''].join('\r\n'))
  })

  it('have the format in Accept', async () => {
    const accept = (value: string) => ask(`${USAGE}/rows?limit=1`, { headers: { accept: value } })
    expect((await accept('text/csv')).headers.get('content-type')).toContain('text/csv')
    expect(
      (await accept('application/x-ndjson;q=0.5, text/csv;q=0.1')).headers.get('content-type'),
    ).toContain('ndjson')
    expect((await accept('*/*')).headers.get('content-type')).toContain('application/json')
    expect((await accept('image/png')).status).toBe(406)
  })

  it('are those known at a time, and final once there is a later snapshot', async () => {
    const then = await ask(`${OPEN}/rows?limit=1&asOf=${bench.between}`)
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

  it('are composed by a worker if no file has exactly these rows, without gzip for clients that do not accept it', async () => {
    for (const query of ['limit=all', 'limit=all&format=ndjson&select=date,cost']) {
      const first = await ask(`${USAGE}/rows?${query}`)
      expect(first.status).toBe(202)
      expect(first.headers.get('retry-after')).toBe('2')
      const state = first.json<{ status: string; url: string }>()
      expect(state.status).toBe('queued')
      expect(first.headers.get('location')).toBe(state.url)
      expect((await ask(state.url)).status).toBe(202)
      await bench.test.compose()
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

describe('gzip', () => {
  it('is sent to clients that accept it, with the same content', async () => {
    const request = (encoding: string) =>
      archiveApi(bench.test.deps.http, {
        method: 'GET',
        url: new URL(`http://archive.example${USAGE}/rows?limit=50`),
        header: (name) =>
          ({ authorization: `bearer ${bench.test.key}`, 'accept-encoding': encoding })[name] ??
          null,
        id: 'x',
      })
    const [plain, packed] = await Promise.all([request(''), request('gzip')])
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(Buffer.concat(packed.body))).toEqual(Buffer.concat(plain.body))
    expect(packed.headers['etag']).not.toBe(plain.headers['etag'])
  })
})
