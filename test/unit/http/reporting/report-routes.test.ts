import { describe, expect, it } from 'vitest'
import { entityTag, matchesTag } from '../../../../shared/http/etag.ts'
import {
  decodeContinuation,
  encodeContinuation,
} from '../../../../shared/http/reporting/continuation.ts'
import { reportRequest } from '../../../../shared/http/reporting/report-routes.ts'

function request(path: string) {
  const { dataset, ...rest } = reportRequest('GET', new URL(path, 'http://127.0.0.1'))
  return { dataset: dataset.name, ...rest }
}

describe('a path of the old API', () => {
  it.each([
    ['/v3/enrollments/100/billingperiods', 'v3', 'billingperiods', null],
    ['/v1/enrollments/100/balancesummary', 'v1', 'balancesummary', null],
    ['/V2/Enrollments/100/BillingPeriods/201704/UsageDetails', 'v2', 'usagedetails', '201704'],
    [
      '/v3/enrollments/100/billingPeriods/201704/marketplacecharges/',
      'v3',
      'marketplacecharges',
      '201704',
    ],
    ['/v3/enrollments/100/billingPeriods/201704/priceSheet', 'v3', 'pricesheet', '201704'],
  ])('%s', (path, version, dataset, billingPeriod) => {
    expect(request(path)).toEqual({
      kind: 'rows',
      version,
      enrollment: '100',
      dataset,
      billingPeriod,
      dates: null,
    })
  })

  it('with custom dates names both ends, parameters in any case', () => {
    expect(
      request(
        '/v3/enrollments/100/usagedetailsbycustomdate?STARTTIME=2017-01-01&endTime=2017-01-10',
      ),
    ).toMatchObject({
      dataset: 'usagedetails',
      dates: { first: '2017-01-01', last: '2017-01-10' },
    })
  })

  it.each([
    '/v4/enrollments/100/usagedetails',
    '/v3/enrollments/100/nothing',
    '/v3/enrollments/100/billingPeriods/201704/billingperiods',
    '/v3/enrollments/100/billingPeriods/201704',
    '/v3/enrollments/100/pricesheetbycustomdate?startTime=2017-01-01&endTime=2017-01-02',
  ])('%s is not a report', (path) => {
    expect(() => request(path)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  it.each([
    ['/v3/enrollments/1%2F..%2F2/usagedetails', /enrollment/],
    ['/v3/enrollments/%ff/usagedetails', /enrollment/],
    ['/v3/enrollments/100/billingPeriods/201713/usagedetails', /billing period/],
    ['/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-01-01', /endTime is missing/],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-02-30&endTime=2017-03-01',
      /startTime/,
    ],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=13/02/2017&endTime=2017-03-01',
      /startTime/,
    ],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-02-02&endTime=2017-02-01',
      /before/,
    ],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2014-01-01&endTime=2017-01-02',
      /36 months/,
    ],
  ])('%s is a bad request that says why', (path, message) => {
    expect(() => request(path)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(message) }),
    )
  })

  it('may span 36 months, from the first of a month to the first of another', () => {
    const url =
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2014-01-01&endTime=2017-01-01'
    expect(request(url)).toMatchObject({ dates: { first: '2014-01-01', last: '2017-01-01' } })
  })

  it.each([
    ['2026-9-01', '2026-09-01'],
    ['9/1/2026', '2026-09-01'],
    ['09/30/2026', '2026-09-30'],
    ['9/1/2026 12:00:00 AM', '2026-09-01'],
    ['2026-09-01T00:00:00', '2026-09-01'],
    ['2026-09-01T23:59:59.999Z', '2026-09-01'],
    ['2026-09-01T00:00:00+02:00', '2026-09-01'],
    ['2026/09/01', '2026-09-01'],
    ['2024-2-29', '2024-02-29'],
  ])('parses the date %s like .NET', (text, day) => {
    const query = new URLSearchParams({ startTime: text, endTime: text })
    expect(
      request(`/v3/enrollments/100/usagedetailsbycustomdate?${query.toString()}`),
    ).toMatchObject({ dates: { first: day, last: day } })
  })

  it.each(['2026-02-29', '2/30/2026', '2026-9', '2026-09-01junk', '20260901', '1.9.2026'])(
    'rejects the date %s',
    (text) => {
      const query = new URLSearchParams({ startTime: text, endTime: text })
      expect(() =>
        request(`/v3/enrollments/100/usagedetailsbycustomdate?${query.toString()}`),
      ).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    },
  )

  it.each([
    '/v3/enrollments//100/billingPeriods/201704/usagedetails',
    '/v3/enrollments/100//billingPeriods/201704/usagedetails',
    '/v3/enrollments/100/billingPeriods//201704//usagedetails/',
  ])('may have doubled slashes: %s', (path) => {
    expect(request(path)).toMatchObject({ enrollment: '100', billingPeriod: '201704' })
  })

  it.each([
    ['/v3/enrollments/100/reservationcharges', /reservationTransactions/],
    ['/v3/enrollments/100/billingPeriods/201704/reservationDetails', /reservationDetails/],
    ['/v3/enrollments/100/getBillingPeriods', /call billingperiods/],
  ])('%s names the API to call instead', (path, message) => {
    expect(() => request(path)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringMatching(message) }),
    )
  })
})

describe('a skiptoken', () => {
  const position = { snapshot: 0, part: 4, block: 17, row: 0 }

  it('contains the snapshots, their sources and the position', () => {
    const continuation = {
      snapshots: [
        { billingPeriod: '201704', number: 3, source: 'fake-reports' },
        { billingPeriod: '201705', number: 2, source: 'ea-reporting' },
        { billingPeriod: '201706', number: 9, source: 'fake-reports' },
      ],
      position,
    }
    expect(decodeContinuation(encodeContinuation(continuation))).toEqual(continuation)
  })

  it('has no source if it had none, as in links of earlier versions', () => {
    const snapshots = [
      { billingPeriod: '201704', number: 3, source: null },
      { billingPeriod: 'all', number: 1, source: null },
    ]
    const earlier = '{"s":[["201704",3],["all",1]],"at":[0,4,17,0]}'
    const token = Buffer.from(earlier).toString('base64url')
    expect(encodeContinuation({ snapshots, position })).toBe(token)
    expect(decodeContinuation(token)).toEqual({ snapshots, position })
  })

  it.each([
    '',
    'x',
    Buffer.from('{"s":[["../x",1]],"at":[0,0,0]}').toString('base64url'),
    Buffer.from('{"s":[["201704",1,1]],"k":["x"],"at":[0,0,0]}').toString('base64url'),
  ])('%j is rejected', (token) => {
    expect(() => decodeContinuation(token)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    )
  })
})

describe('an entity tag', () => {
  const tag = entityTag({ a: 1 })
  it('is matched as If-None-Match says', () => {
    expect(matchesTag(tag, tag)).toBe(true)
    expect(matchesTag(`"x", W/${tag}`, tag)).toBe(true)
    expect(matchesTag('*', tag)).toBe(true)
    expect(matchesTag('"x"', tag)).toBe(false)
    expect(matchesTag(null, tag)).toBe(false)
    expect(entityTag({ a: 2 })).not.toBe(tag)
  })
})
