/** The typed client on the real handlers. */
import { beforeEach, describe, expect, it } from 'vitest'
import { ArchiveApiError, ArchiveClient } from '../../../client/src/client.ts'
import { call } from '../../../testing/http/call.ts'
import { KEYS, type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'

const DIGITS = ['0.000416666666666667000', '1E-06', '100.00', '-12345678901234567890.5']
const series = { enrollment: '100', dataset: 'usagedetails', period: '201704' } as const
const old = { enrollmentNumber: '100', billingPeriod: '201704' }

const rowOf = (cost: string): string =>
  `{"cost":${cost},"meterName":"5","date":"2017-04-01T00:00:00","product":"${'p'.repeat(300)}"}`

interface Sent {
  readonly url: URL
  readonly authorization: string | null
}

let http: MemoryHttp
let sent: Sent[]
/** Answers that replace the archive's, in order. */
let instead: (Response | TypeError)[]

/** Like the platform's: follows a redirect to another host without the credential. */
const fetchInMemory: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  const headers = new Headers(init?.headers)
  sent.push({ url, authorization: headers.get('authorization') })
  const next = instead.shift()
  if (next instanceof TypeError) throw next
  if (next !== undefined) return next
  if (url.hostname === 'files.invalid') return new Response(http.fileAt(url.href))
  const response = await call(http.serve, url.pathname + url.search, {
    method: init?.method ?? 'GET',
    headers: Object.fromEntries(headers),
  })
  if (response.status === 202) {
    await http.compose()
    response.headers.set('retry-after', '0') // it is already done
  }
  const location = response.headers.get('location')
  return response.status === 307 && location !== null ? fetchInMemory(location) : response
}

const client = new ArchiveClient({
  url: 'https://archive.example',
  credential: KEYS[0],
  fetch: fetchInMemory,
})

beforeEach(async () => {
  sent = []
  instead = []
  http = await memoryHttp({ redirectOverBytes: 1_024, waitMs: 1_000 })
  await http.archive({ billingPeriod: '201704' }, `[${rowOf('1')}]`)
  await http.archive({ billingPeriod: '201704' }, `[${DIGITS.map(rowOf).join(',')}]`)
})

async function all<Each>(items: AsyncIterable<Each>): Promise<Each[]> {
  const found: Each[] = []
  for await (const each of items) found.push(each)
  return found
}

describe('the client', () => {
  it('gives every row of every page with all its digits, of both families', async () => {
    const rows = await all(client.items('newestRows', { ...series, limit: 1 }))
    expect(rows.map(({ cost }) => cost)).toEqual(DIGITS)
    expect(sent).toHaveLength(DIGITS.length)
    const usage = await all(client.items('UsageDetails_ListByBillingPeriod', old))
    expect(usage.map(({ cost }) => cost)).toEqual(DIGITS)
  })

  it('gives snapshots page by page, newest first', async () => {
    const pages = await all(client.pages('listSnapshots', { ...series, limit: 1 }))
    expect(pages.flatMap((page) => page.snapshots.map(({ number }) => number))).toEqual([2, 1])
    expect(pages).toHaveLength(2)
  })

  it('passes conditions on, each as a parameter', async () => {
    const where = ['cost>=0', 'cost<1']
    const rows = await all(client.items('newestRows', { ...series, select: 'cost', where }))
    expect(rows).toEqual([{ cost: DIGITS[0] }, { cost: DIGITS[1] }])
  })

  it('waits for a file that a worker composes, and does not send the credential to storage', async () => {
    const response = await client.file('newestRows', { ...series, limit: 'all', format: 'ndjson' })
    const lines = (await response.text()).trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { cost: string }).cost)).toEqual(DIGITS)
    const files = sent.filter(({ url }) => url.hostname === 'files.invalid')
    expect(files.map(({ authorization }) => authorization)).toEqual([null])
    expect(sent.filter(({ url }) => url.pathname.startsWith('/archive/downloads/')).length).toBe(2)
  })

  it('waits for totals, but returns the state of a download immediately', async () => {
    const waiting = { status: 'queued', failure: null, url: '/archive/downloads/x', file: null }
    const headers = { 'retry-after': '0' }
    const queued = (): Response => Response.json(waiting, { status: 202, headers })
    instead = [queued()]
    expect(await client.call('getDownload', { id: 'x' })).toEqual(waiting)
    const failure = { code: 'EXPORT_FAILED', message: 'its files are damaged' }
    instead = [queued(), Response.json({ ...waiting, status: 'failed', failure })]
    const totals = client.call('getTotals', { enrollment: '100', dataset: 'usagedetails' })
    await expect(totals).rejects.toMatchObject(failure)
  })

  it('retries if the archive says so, and if the network fails', async () => {
    const headers = { 'retry-after': '0' }
    instead = [new TypeError('fetch failed'), new Response('{}', { status: 503, headers })]
    const found = await client.call('listEnrollments', {})
    expect(found.enrollments.map(({ enrollment }) => enrollment)).toEqual(['100', '200'])
    expect(sent).toHaveLength(3)
  })

  it('does not retry without a time, or after a long one', async () => {
    const quota = new Response('{"code":"TOO_MANY_REQUESTS","detail":"later"}', {
      status: 429,
      headers: { 'retry-after': '3000' },
    })
    for (const answer of [quota, new Response('gateway', { status: 502 })]) {
      sent = []
      instead = [answer]
      await expect(client.call('listEnrollments', {})).rejects.toBeInstanceOf(ArchiveApiError)
      expect(sent).toHaveLength(1)
    }
  })

  it("rejects with the archive's error, for both families", async () => {
    await expect(client.call('getManifest', { ...series, number: 9 })).rejects.toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      message: expect.stringContaining('201704') as unknown,
      requestId: 'request-1',
    })
    const wrong = client.call('UsageDetails_ListByBillingPeriod', { ...old, billingPeriod: 'May' })
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('billing period') as unknown,
    })
  })

  it('stops when its signal is aborted', async () => {
    instead = [new Response('{}', { status: 503, headers: { 'retry-after': '30' } })]
    const stop = new AbortController()
    const asked = client.call('listEnrollments', {}, { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 20)
    await expect(asked).rejects.toThrow('enough')
  })

  it('works behind a gateway with tokens, and sends them only to its own host', async () => {
    let tokens = 0
    const behind = new ArchiveClient({
      url: 'https://gateway.example/billing/',
      credential: async () => `token-${++tokens}`,
      fetch: async (input, init) => {
        const url = new URL(input as URL)
        expect([url.host, url.pathname.startsWith('/billing/archive/')]).toEqual([
          'gateway.example',
          true,
        ])
        expect(new Headers(init?.headers).get('authorization')).toBe(`Bearer token-${tokens}`)
        const direct = new URL(url.pathname.replace('/billing', '') + url.search, url)
        return fetchInMemory(direct, { headers: { authorization: `bearer ${KEYS[0]}` } })
      },
    })
    const rows = await all(behind.items('newestRows', { ...series, limit: 2 }))
    expect(rows.map(({ cost }) => cost)).toEqual(DIGITS)
    expect(tokens).toBe(2)
  })
})
