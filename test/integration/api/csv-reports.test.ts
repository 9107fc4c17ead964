/** The old API's CSV and its long answers, and access to them. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ApiBench,
  follow,
  startApiBench,
  whileComposing,
} from '../../../testing/api/api-bench.ts'
import { type Ask, apiClient } from '../../../testing/http/api-client.ts'
import type { TestArchive } from '../../../testing/stack/archive-stack.ts'

const ROOT = '/v3/enrollments/100'

let bench: ApiBench
let test: TestArchive
let ask: Ask
/** The same archive, with a limit that makes every answer large. */
let askLarge: Ask

interface Report {
  readonly id: string
  readonly status: number
  readonly blobPath: string | null
  readonly reportUrl: string
  readonly requestedOn: string
  readonly startDate: string
  readonly endDate: string
}

beforeAll(async () => {
  bench = await startApiBench({ simulator: { months: 3 } })
  ;({ test, ask } = bench)
  const settings = { REDIRECT_OVER_BYTES: '1024', REDIRECT_JSON_OVER_BYTES: '1024' }
  askLarge = apiClient(test.host(settings).http, test.key)
})
afterAll(() => bench.close())

const fileAt = async (location: string | null): Promise<string> => (await follow(location)).text()

type Row = Record<string, string>
const records = (csv: string): Row[] => parse(csv, { columns: true, from_line: 3 })
const source = (path: string): Record<string, unknown>[] =>
  test.simulator.rows(path).map((row) => JSON.parse(row) as Record<string, unknown>)

describe('download', () => {
  it('gives a period as CSV', async () => {
    const { status, headers, text } = await ask(
      `${ROOT}/usagedetails/download?billingPeriod=201704`,
    )
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(headers.get('x-archive-settled')).toBe('true')
    const rows = records(text)
    const expected = source(`${ROOT}/billingPeriods/201704/usagedetails`)
    expect(rows.map(({ InstanceId }) => InstanceId)).toEqual(
      expected.map(({ instanceId }) => instanceId),
    )
    expect(Object.keys(rows[0] ?? {})).toContain('ServiceName')
  })

  it('leaves out the later columns for v1 and v2', async () => {
    const url = '/v1/enrollments/100/usagedetails/download?billingPeriod=201704'
    const [, , header = ''] = (await ask(url)).text.split('\r\n')
    expect(header.split(',')).not.toContain('ServiceName')
    expect(header.split(',')).toContain('Cost')
    expect(header.split(',')).toHaveLength(33)
  })

  it('gives usage dates, at most a month of them', async () => {
    const range = 'startTime=2017-04-05&endTime=2017-04-06'
    const rows = records((await ask(`${ROOT}/usagedetails/download?${range}`)).text)
    expect([...new Set(rows.map(({ Date: day }) => day))]).toEqual(['2017-04-05', '2017-04-06'])
    const long = 'startTime=2017-04-05&endTime=2017-05-06'
    expect((await ask(`${ROOT}/usagedetails/download?${long}`)).status).toBe(400)
    expect((await ask(`${ROOT}/usagedetails/download`)).status).toBe(400)
  })

  it('is a redirect to a composed file if it is large', async () => {
    for (const url of [
      `${ROOT}/usagedetails/download?billingPeriod=201704`,
      `${ROOT}/usagedetails/download?billingPeriod=201705`,
      '/v2/enrollments/100/usagedetails/download?billingPeriod=201704',
      `${ROOT}/usagedetails/download?startTime=2017-04-05&endTime=2017-04-06`,
    ]) {
      const composed = await whileComposing(test, askLarge(url))
      expect(composed.status).toBe(307)
      const [found, expected] = [
        await fileAt(composed.headers.get('location')),
        (await ask(url)).text,
      ]
      expect(found.length).toBe(expected.length)
      expect(found === expected).toBe(true)
    }
  })

  it('says when to try again if composing takes long', async () => {
    const hasty = apiClient(
      test.host({ REDIRECT_OVER_BYTES: '1024', WAIT_SECONDS: '0' }).http,
      test.key,
    )
    const answer = await hasty('/v1/enrollments/100/usagedetails/download?billingPeriod=201703')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('10')
    await test.compose()
    const again = await hasty('/v1/enrollments/100/usagedetails/download?billingPeriod=201703')
    expect(again.status).toBe(307)
  })
})

describe('submit', () => {
  const submit = (query: string) => ask(`${ROOT}/usagedetails/submit?${query}`, { method: 'POST' })

  it('queues a report, which is polled until there is a link to it', async () => {
    const first = (await submit('billingPeriod=201703')).json<Report>()
    expect(first).toMatchObject({
      status: 1,
      blobPath: '',
      startDate: '2017-03-01T00:00:00',
      endDate: '2017-03-31T00:00:00',
    })
    expect(new URL(first.reportUrl).host).toBe('archive.example')
    expect((await ask(first.reportUrl)).json<Report>().status).toBe(1)
    await test.compose()
    const done = (await ask(first.reportUrl)).json<Report>()
    expect(done).toMatchObject({ id: first.id, status: 3, requestedOn: first.requestedOn })
    // A tool that downloads it names its file after the report.
    expect(new URL(done.blobPath ?? '').pathname.split('/').at(-1)).toBe(`${done.id}.csv`)
    const rows = records(await fileAt(done.blobPath))
    expect(rows).toHaveLength(source(`${ROOT}/billingPeriods/201703/usagedetails`).length)
  })

  it('gives usage dates across periods, late charges too', async () => {
    const { reportUrl } = (await submit('startTime=2017-03-30&endTime=2017-04-01')).json<Report>()
    await test.compose()
    const { blobPath } = (await ask(reportUrl)).json<Report>()
    const days = records(await fileAt(blobPath)).map(({ Date: day }) => day)
    expect(new Set(days)).toEqual(new Set(['2017-03-30', '2017-03-31', '2017-04-01']))
    const late = source(`${ROOT}/billingPeriods/201704/usagedetails`).filter(({ date }) =>
      String(date).startsWith('2017-03-31'),
    )
    expect(late).toHaveLength(1)
    const custom = source(
      `${ROOT}/usagedetailsbycustomdate?startTime=2017-03-30&endTime=2017-04-01`,
    )
    expect(days).toHaveLength(custom.length)
  })

  it('reports that there is no data', async () => {
    const { reportUrl } = (await submit('startTime=2030-01-01&endTime=2030-01-02')).json<Report>()
    await test.compose()
    expect((await ask(reportUrl)).json<Report>()).toMatchObject({ status: 5, blobPath: '' })
  })

  it('ends an hour after it was requested', async () => {
    const later = new Date(Date.now() + 61 * 60_000)
    const { reportUrl } = (await submit('billingPeriod=201704')).json<Report>()
    await test.compose()
    const inAnHour = apiClient({ ...test.deps.http, now: () => later }, test.key)
    expect((await inAnHour(reportUrl)).json<Report>()).toMatchObject({ status: 7, blobPath: '' })
  })

  it('gives a report to no one else, and no report that was not requested', async () => {
    const { id } = (await submit('billingPeriod=201704')).json<Report>()
    expect((await ask(`${ROOT}/usagedetails/reports/${id}`)).json<Report>()).toMatchObject({ id })
    expect((await ask(`${ROOT}/usagedetails/reports/${id}-9999999999999`)).status).toBe(404)
    const other = id.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    expect((await ask(`${ROOT}/usagedetails/reports/${other}`)).status).toBe(404)
    expect((await ask(`/v3/enrollments/200/usagedetails/reports/${id}`)).status).toBe(401)
  })
})
