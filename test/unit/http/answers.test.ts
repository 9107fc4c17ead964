/** ETags, answers that are not ready yet, answers without rows, and quotas. */
import { describe, expect, it } from 'vitest'
import { hourlyQuota } from '../../../shared/access/quota.ts'
import { usageDetails } from '../../../shared/datasets/usage-details.ts'
import { responseTag } from '../../../shared/http/etag.ts'
import { KEYS, type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'

const ROOT = '/archive/enrollments/100/usagedetails'
const ROWS = `${ROOT}/201704/rows`

const row = (cost: number, more = ''): string =>
  `{"cost":${cost},"meterName":"${'m'.repeat(40)}","date":"2017-04-0${(cost % 9) + 1}T00:00:00"${more}}`
const rowsOf = (count: number): string =>
  `[${Array.from({ length: count }, (_, i) => row(i)).join(',')}]`

/** An archive whose whole answers are all too large to be sent directly. */
async function large(composedPerHour = 120): Promise<MemoryHttp> {
  const http = await memoryHttp({ redirectOverBytes: 1_024, waitRows: 0 }, (deps) => ({
    ...deps,
    quota: hourlyQuota(composedPerHour, () => deps.now().getTime()),
  }))
  await http.archive({ billingPeriod: '201704' }, rowsOf(60))
  await http.archive({ billingPeriod: '201704' }, rowsOf(61))
  return http
}

describe('a strong tag', () => {
  it('changes with the columns of the catalogue, their version, and the program', async () => {
    const http = await memoryHttp()
    const of = (dataset: typeof usageDetails, deps = http.deps): string =>
      responseTag(deps, dataset, { asked: 'the same' })
    const tag = of(usageDetails)
    expect(of({ ...usageDetails })).toBe(tag)
    const columns = [...usageDetails.columns, { name: 'benefitId', since: 2 }]
    const { archive } = http.deps
    const upgraded = { ...archive, writer: { ...archive.writer, version: '9' } }
    const others = [
      of({ ...usageDetails, rowsVersion: 2, columns }),
      of({ ...usageDetails, rowsVersion: 2 }),
      of({ ...usageDetails, columns }),
      of(usageDetails, { ...http.deps, archive: upgraded }),
    ]
    expect(new Set([tag, ...others]).size).toBe(others.length + 1)
  })

  it.each([
    `${ROWS}?limit=10`,
    `${ROWS}?limit=all&format=csv`,
    `${ROOT}/201704/snapshots`,
    `${ROOT}/totals`,
    `${ROOT}/201704/diff`,
    '/v3/enrollments/100/billingPeriods/201704/usagedetails',
    '/v1/enrollments/100/usagedetails/download?billingPeriod=201704',
  ])('of %s changes with an upgrade of the program', async (url) => {
    const tags: (string | null)[] = []
    for (const version of ['1', '1', '2']) {
      const http = await memoryHttp({}, (deps) => {
        return { ...deps, archive: { ...deps.archive, writer: { name: 'a', version } } }
      })
      // The manifests are the same, but another program serves them.
      const serving = { ...http.deps.archive.writer }
      Object.assign(http.deps.archive.writer, { version: '1' })
      await http.archive({ billingPeriod: '201704' }, rowsOf(3))
      await http.archive({ billingPeriod: '201704' }, rowsOf(4))
      Object.assign(http.deps.archive.writer, serving)
      tags.push((await http.ask(url)).headers.get('etag'))
    }
    expect(tags[0]).toMatch(/^"[0-9a-f]{32}"$/)
    expect(tags[1]).toBe(tags[0])
    expect(tags[2]).not.toBe(tags[0])
  })
})

describe('an answer that is not ready yet', () => {
  it.each([
    `${ROOT}/201704/snapshots/2/rows?limit=all&format=ndjson&select=cost`,
    `${ROOT}/totals?groupBy=cost`,
    `${ROOT}/201704/diff`,
  ])('has no tag and is not cached: %s', async (url) => {
    const http = await large()
    const first = await http.ask(url)
    expect(first.status).toBe(202)
    expect(first.headers.get('etag')).toBeNull()
    expect(first.headers.get('cache-control')).toBe('no-store')
    if (!url.includes('totals')) expect(first.headers.get('x-archive-snapshots')).toBe('201704/2')
    await http.compose()
    const made = await http.ask(url)
    expect([made.status, made.headers.get('cache-control')]).toEqual([307, 'no-store'])
    const etag = made.headers.get('etag') ?? ''
    expect((await http.ask(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('and can not be composed is an error with the reason', async () => {
    const http = await large()
    const url = `${ROWS}?limit=all&format=ndjson`
    expect((await http.ask(url)).status).toBe(202)
    const [files] = [...http.storage.stored.snapshots.keys()].filter((name) => {
      return name.endsWith('.json.gz')
    })
    expect(files).toBeDefined()
    for (const name of http.storage.stored.snapshots.keys()) {
      if (name.includes('/parts/')) http.storage.stored.snapshots.delete(name)
    }
    await http.compose()
    const failed = await http.ask(url)
    expect(failed.status).toBe(500)
    expect(failed.headers.get('content-type')).toContain('problem+json')
    expect(failed.headers.get('etag')).toBeNull()
  })

  it('has the requested changed rows', async () => {
    const http = await large()
    const url = `${ROOT}/201704/diff?rows=5`
    await http.ask(url)
    await http.compose()
    const composed = http.fileAt((await http.ask(url)).headers.get('location'))
    expect(JSON.parse(composed)).toMatchObject({ added: 1, changes: [{ kind: 'added' }] })
    expect(composed).toContain(`"row":${row(60)}`)
  })
})

describe('an answer without rows', () => {
  const none = `where=${encodeURIComponent('cost>1000')}`

  it.each([
    ['json', 'application/json', '[]'],
    ['ndjson', 'application/x-ndjson', ''],
    ['csv', 'text/csv', 'cost,date\r\n'],
  ])('is valid as %s, composed or not', async (format, type, text) => {
    const url = `${ROWS}?limit=all&select=cost,date&format=${format}&${none}`
    const http = await large()
    const waiting = await http.ask(url)
    expect(waiting.status).toBe(202)
    await http.compose()
    const state = (await http.ask(waiting.headers.get('location') ?? '')).json<{
      status: string
      file: string
    }>()
    expect(state.status).toBe('empty')
    const small = await memoryHttp()
    await small.archive({ billingPeriod: '201704' }, rowsOf(60))
    for (const answer of [await http.ask(url), await http.ask(state.file), await small.ask(url)]) {
      expect([answer.status, answer.text]).toEqual([200, text])
      expect(answer.headers.get('content-type')).toContain(type)
    }
  })
})

describe('composed answers', () => {
  const url = (n: number): string => `${ROWS}?limit=all&format=ndjson&where=cost>${n}`

  it('are limited per caller and hour', async () => {
    const http = await large(3)
    for (const n of [1, 2, 3]) expect((await http.ask(url(n))).status).toBe(202)
    const refused = await http.ask(url(4))
    expect(refused.status).toBe(429)
    expect(refused.json<object>()).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 })
    expect(refused.headers.get('retry-after')).toBe('1200')
    // Both keys have the same name, but only the key counts.
    expect((await http.ask(url(4), { key: KEYS[1] })).status).toBe(202)
    http.sleep(1_200_000)
    expect((await http.ask(url(5))).status).toBe(202)
    expect((await http.ask(url(6))).status).toBe(429)
  })

  it('that are composed or in progress are not counted', async () => {
    const http = await large(1)
    for (let i = 0; i < 5; i++) expect((await http.ask(url(1))).status).toBe(202)
    await http.compose()
    for (let i = 0; i < 5; i++) expect((await http.ask(url(1))).status).toBe(307)
    expect((await http.ask(`${ROWS}?limit=10`)).status).toBe(200)
    expect((await http.ask(url(2))).status).toBe(429)
    expect((await http.ask(url(1))).status).toBe(307)
  })

  it('are also counted on the old routes, with their own error shape', async () => {
    const http = await large(1)
    const submit = (days: string) =>
      http.ask(`/v3/enrollments/100/usagedetails/submit?${days}`, { method: 'POST' })
    expect((await submit('startTime=2017-04-01&endTime=2017-04-02')).status).toBe(200)
    const refused = await submit('startTime=2017-04-01&endTime=2017-04-03')
    expect(refused.status).toBe(429)
    expect(refused.json<object>()).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } })
    expect(Number(refused.headers.get('retry-after'))).toBe(3_600)
    const download = '/v1/enrollments/100/usagedetails/download?billingPeriod=201704'
    expect((await http.ask(download)).status).toBe(429)
  })
})
