/** The old API's JSON routes, from the archive. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportingApi } from '../../../shared/http/reporting/reporting-api.ts'
import { type ApiBench, NEXT_DAY, startApiBench } from '../../../testing/api/api-bench.ts'
import { call } from '../../../testing/http/call.ts'
import { undescribed } from '../../../testing/http/described.ts'
import type { TestArchive } from '../../../testing/stack/archive-stack.ts'

let bench: ApiBench
let test: TestArchive

beforeAll(async () => {
  bench = await startApiBench()
  test = bench.test
})
afterAll(() => bench.close())

const ROOT = '/v3/enrollments/100'

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const given = { authorization: `bearer ${test.key}`, ...headers }
  const response = await call((ask) => reportingApi(test.deps.http, ask), path, { headers: given })
  const text = await response.clone().text()
  expect(undescribed('GET', path, response, text)).toBeNull()
  return response
}

interface Envelope {
  readonly id: string
  readonly data: object[]
  readonly nextLink: string | null
}

/** Reads pages like real clients, until nextLink is null. Returns rows as their JSON text. */
async function allRows(path: string): Promise<string[]> {
  const rows: string[] = []
  for (let next: string | null = path; next !== null; ) {
    const response = await get(next)
    expect(response.status).toBe(200)
    const text = await response.text()
    const page = JSON.parse(text) as Envelope
    expect(Object.keys(page)).toEqual(['id', 'data', 'nextLink'])
    expect(page.data.length).toBeLessThanOrEqual(1_000)
    rows.push(...rowTexts(text))
    next = page.nextLink
    if (next !== null) expect(new URL(next).host).toBe('archive.example')
  }
  return rows
}

/** The rows of an answer, each as its own bytes. */
function rowTexts(text: string): string[] {
  const array = text.startsWith('[')
    ? text
    : text.slice(text.indexOf('"data":') + 7, text.lastIndexOf(',"nextLink"'))
  const rows: string[] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let i = 0; i < array.length; i++) {
    const char = array[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' && depth++ === 0) start = i
    else if (char === '}' && --depth === 0) rows.push(array.slice(start, i + 1))
  }
  return rows
}

describe('the old API, from the archive', () => {
  it.each([
    `${ROOT}/billingPeriods/201704/usagedetails`,
    `${ROOT}/billingPeriods/201704/pricesheet`,
    `${ROOT}/billingPeriods/201705/marketplacecharges`,
    `${ROOT}/marketplacecharges`,
    `${ROOT}/pricesheet`,
  ])('%s gives the rows of the source, byte for byte', async (path) => {
    const rows = path.includes('usage')
      ? await allRows(path)
      : rowTexts(await (await get(path)).text())
    expect(rows.length).toBeGreaterThan(0)
    expect(rows).toEqual([...test.simulator.rows(path)])
  })

  it('gives the current period where no period is named, and routes in any case', async () => {
    const current = await allRows(`${ROOT}/usagedetails`)
    expect(current).toEqual(await allRows('/V3/Enrollments/100/BILLINGPERIODS/201705/UsageDetails'))
    // Fetching by day can't find the one charge that is dated in April.
    const source = test.simulator
      .rows(`${ROOT}/usagedetails`)
      .filter((row) => !row.includes('"date":"2017-04'))
    expect(current).toEqual(source)
  })

  it('gives one object for the balance summary, which v3 has in an array', async () => {
    const path = `${ROOT}/billingPeriods/201704/balancesummary`
    const [row] = test.simulator.rows(path)
    expect(await (await get(path)).text()).toBe(`[${row}]`)
    for (const version of ['/v1', '/v2']) {
      expect(await (await get(path.replace('/v3', version))).text()).toBe(row)
    }
  })

  it('gives the billing periods newest first, with routes of the version that was asked', async () => {
    const text = await (await get('/v2/enrollments/100/billingperiods')).text()
    expect(rowTexts(text)).toEqual([...test.simulator.rows('/v2/enrollments/100/billingperiods')])
  })

  it('gives custom dates across periods, both ends included, late charges too', async () => {
    const path = `${ROOT}/usagedetailsbycustomdate?startTime=2017-04-29&endTime=2017-05-02`
    const day = (text: string): string => /"date":"(\d{4}-\d{2}-\d{2})/.exec(text)?.[1] ?? ''
    const rows = await allRows(path)
    expect([...new Set(rows.map(day))]).toEqual([
      '2017-04-29',
      '2017-04-30',
      '2017-05-01',
      '2017-05-02',
    ])
    const source = test.simulator.rows(path)
    // April is settled and was fetched as a whole; the late charge comes with May, once that is settled.
    const late = source.filter((row) => !rows.includes(row))
    expect(late.map(day)).toEqual(['2017-04-30'])
    expect(rows).toEqual(source.filter((row) => !late.includes(row)))
  })

  it('leaves out the later fields for v1 and v2, spells Cost as they did, and changes nothing else', async () => {
    const path = 'enrollments/100/billingPeriods/201704/usagedetails'
    const [v1, v3] = await Promise.all([allRows(`/v1/${path}`), allRows(`/v3/${path}`)])
    const names = (row: string): string[] => Object.keys(JSON.parse(row) as object)
    const later = [
      'serviceName',
      'serviceTier',
      'location',
      'chargesBilledSeparately',
      'partNumber',
      'resourceGuid',
      'offerId',
    ]
    v3.forEach((row, i) => {
      const earlier = names(row).filter((name) => !later.includes(name))
      expect(names(v1[i] ?? '')).toEqual(earlier.map((name) => (name === 'cost' ? 'Cost' : name)))
    })
    expect(v1[0]).toContain(/"tags":.*/.exec(v3[0] ?? '')?.[0].slice(0, -1))
  })

  it('stays on the snapshot where the first page began, while the period is restated', async () => {
    const path = `${ROOT}/billingPeriods/201704/usagedetails`
    const first = (await (await get(path)).json()) as Envelope
    test.simulator.bill.restate('100', '2017-04-03')
    test.simulator.setDay(NEXT_DAY)
    await test.run(NEXT_DAY, ['usagedetails'])
    let next = first.nextLink
    let count = first.data.length
    while (next !== null) {
      const page = (await (await get(next)).json()) as Envelope
      count += page.data.length
      next = page.nextLink
    }
    const sealed = test.lines.map(
      (line) =>
        JSON.parse(line) as { event: string; series?: string; number?: number; rows?: number },
    )
    const numbers = sealed.filter(
      (line) => line.event === 'snapshot.sealed' && line.series === 'usagedetails 100 201704',
    )
    expect(numbers.map((line) => line.number)).toEqual([1, 2])
    expect(count).toBe(numbers[0]?.rows)
    expect(await allRows(path)).toHaveLength(numbers[1]?.rows ?? 0)
  })

  it('answers 304 while nothing changed, and HEAD like GET', async () => {
    const path = `${ROOT}/billingPeriods/201704/usagedetails`
    const response = await get(path)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    const again = await get(path, { 'if-none-match': etag })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect((await get(path.replace('v3', 'v1'), { 'if-none-match': etag })).status).toBe(200)
  })

  it.each([
    [`${ROOT}/billingPeriods/201612/usagedetails`, 404, 'NOT_FOUND'],
    [`${ROOT}/nothing`, 404, 'NOT_FOUND'],
    [`${ROOT}/billingPeriods/20170/usagedetails`, 400, 'BAD_REQUEST'],
    [`${ROOT}/usagedetailsbycustomdate?startTime=2017-05-02&endTime=x`, 400, 'BAD_REQUEST'],
    [`${ROOT}/usagedetails?skiptoken=nonsense`, 400, 'BAD_REQUEST'],
    ['/v3/enrollments/200/usagedetails', 401, 'UNAUTHORIZED'],
  ])('%s is %i', async (path, status, code) => {
    const response = await get(path)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code } })
    expect(response.headers.get('x-ms-request-id')).toBe('request-1')
  })
})

describe('custom dates over years', () => {
  it('work with more periods than a month has days', async () => {
    const url = `${ROOT}/usagedetailsbycustomdate?startTime=2014-06-01&endTime=2017-05-31`
    expect((await allRows(url)).length).toBeGreaterThan(2_700)
  })
})
