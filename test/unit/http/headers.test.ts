/** Response headers: tags, lengths, ranges, file names. */
import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../shared/http/archive/routes.ts'
import { descriptionRoutes } from '../../../shared/http/description/description-routes.ts'
import { swaggerApi } from '../../../shared/http/description/swagger-api.ts'
import { call } from '../../../testing/http/call.ts'
import {
  type MemoryAnswer,
  type MemoryHttp,
  memoryHttp,
} from '../../../testing/simulation/memory-http.ts'

const ROOT = '/archive/enrollments/100/usagedetails/201704'
const OLD = '/v3/enrollments/100'

let http: MemoryHttp
let file: string

beforeAll(async () => {
  http = await memoryHttp()
  const rows = (cost: number): string =>
    `[{"cost":${cost},"date":"2017-04-01T00:00:00","meterName":"${'m'.repeat(2_000)}"}]`
  await http.archive({ billingPeriod: '201704' }, rows(1))
  await http.archive({ billingPeriod: '201704' }, rows(2))
  const manifest = await http.ask(`${ROOT}/snapshots/2`)
  const { parts } = manifest.json<{ parts: { files: { path: string }[] }[] }>()
  const names = parts[0]?.files.map(({ path }) => path.split('/').at(-1) ?? '') ?? []
  file = names.find((name) => name.endsWith('.csv')) ?? ''
})

/** A URL for every readable route, except those of missing resources. */
function urlsOf(): string[] {
  const fill = (path: string): string =>
    path
      .replace('{enrollment}', '100')
      .replace('{dataset}', 'usagedetails')
      .replace('{period}', '201704')
      .replace('{number}', '2')
      .replace('{part}/{file}', `all/${file}`)
      .replace('{asset}', 'start.js')
  const ours = [...routes, ...descriptionRoutes(routes)].filter(({ method, path, id }) => {
    return method === 'GET' && !path.includes('{id}') && id !== 'getHealth'
  })
  return [
    ...ours.map(({ path }) => fill(path)),
    `${ROOT}/rows?format=csv`,
    `${ROOT}/rows?limit=all&format=csv`,
    `${OLD}/billingPeriods/201704/usagedetails`,
    `${OLD}/usagedetails/download?billingPeriod=201704`,
  ]
}

describe('every answer that is a document', () => {
  it('has a tag, with which the next answer is 304, compressed or not', async () => {
    const urls = urlsOf()
    expect(urls.length).toBeGreaterThan(14)
    for (const url of urls) {
      const tags: (string | null)[] = []
      for (const encoding of ['identity', 'gzip']) {
        const headers = { 'accept-encoding': encoding }
        const response = await call((request) => serveAny(request.url.href, headers), url)
        const tag = response.headers.get('etag')
        expect(tag, url).toMatch(/^"[0-9a-f]{32,64}"$/)
        const again = await serveAny(url, { ...headers, 'if-none-match': tag ?? '' })
        expect(again.status, url).toBe(304)
        expect(again.headers['etag']).toBe(tag)
        expect(again.headers).not.toHaveProperty('content-length')
        tags.push(response.headers.get('content-encoding') === 'gzip' ? 'gzip' : null, tag)
      }
      if (tags[2] === 'gzip') expect(tags[3], url).not.toBe(tags[1])
    }
  })

  it('has none if it is momentary or an error', async () => {
    const health = await http.ask('/archive/health')
    const missing = await http.ask(`${ROOT}/snapshots/9`)
    expect([health.status, missing.status]).toEqual([200, 404])
    for (const { headers } of [health, missing]) expect(headers.get('etag')).toBeNull()
  })

  it('says how long it is, to HEAD too', async () => {
    for (const url of urlsOf()) {
      const response = await serveAny(url)
      const length = response.body.reduce((sum, piece) => sum + piece.length, 0)
      expect(response.headers['content-length'], url).toBe(String(length))
      const head = await serveAny(url, {}, 'HEAD')
      expect(head.headers['content-length'], url).toBe(String(length))
      expect(head.body).toEqual([])
    }
    expect((await http.ask(`${ROOT}/snapshots/9`)).headers.get('content-length')).not.toBeNull()
  })
})

describe('/swagger', () => {
  it.each(['/swagger', '/swagger/docs/v1', '/swagger/docs/v3?decimals=text'])(
    '%s has a tag, with which the next answer is 304',
    async (url) => {
      const ask = (headers: Record<string, string>) =>
        call((request) => swaggerApi(http.deps, request), url, { headers })
      const first = await ask({})
      expect(first.status).toBe(200)
      expect(Number(first.headers.get('content-length'))).toBeGreaterThan(100)
      const again = await ask({ 'if-none-match': first.headers.get('etag') ?? '' })
      expect(again.status).toBe(304)
    },
  )
})

describe('bytes outside the file', () => {
  it('are 416, which says how many there are', async () => {
    for (const url of [`${ROOT}/snapshots/2`, `${ROOT}/snapshots/2/files/all/${file}`]) {
      const whole = await http.ask(url)
      const found = await http.ask(url, { headers: { range: 'bytes=9999999-' } })
      expect(found.status).toBe(416)
      const bytes = Buffer.byteLength(whole.text)
      expect(found.headers.get('content-range')).toBe(`bytes */${bytes}`)
      expect(found.json()).toMatchObject({ status: 416, code: 'RANGE_NOT_SATISFIABLE' })
    }
  })
})

describe('CSV', () => {
  const nameIn = ({ headers }: MemoryAnswer): string | null => headers.get('content-disposition')

  it('has a file name for browsers', async () => {
    const name = 'attachment; filename="usagedetails-100-201704-2.csv"'
    for (const query of ['format=csv', 'format=csv&limit=all']) {
      expect(nameIn(await http.ask(`${ROOT}/rows?${query}`))).toBe(name)
    }
    const asAsked = await http.ask(`${ROOT}/rows`, { headers: { accept: 'text/csv' } })
    expect(nameIn(asAsked)).toBe(name)
    const stored = await http.ask(`${ROOT}/snapshots/2/files/all/${file}`)
    expect(nameIn(stored)).toBe(`attachment; filename="${file}"`)
    expect(nameIn(await http.ask(`${ROOT}/rows`))).toBeNull()
  })
})

/** An answer with its body in chunks, from the family of `url`. */
async function serveAny(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const given = new Headers({ authorization: 'bearer first-key', ...headers })
  return http.serve({
    method,
    url: new URL(url, 'http://archive.example'),
    header: (name) => given.get(name),
    id: 'request-1',
  })
}
