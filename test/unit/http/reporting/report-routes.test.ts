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
  ])('%s is no report', (path) => {
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
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=01/02/2017&endTime=2017-03-01',
      /startTime/,
    ],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-02-02&endTime=2017-02-01',
      /before/,
    ],
    [
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2014-01-01&endTime=2017-01-01',
      /36 months/,
    ],
  ])('%s is a bad request that says why', (path, message) => {
    expect(() => request(path)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(message) }),
    )
  })

  it('may span 36 months exactly', () => {
    expect(
      request(
        '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2014-01-01&endTime=2016-12-31',
      ),
    ).toMatchObject({ dates: { first: '2014-01-01', last: '2016-12-31' } })
  })
})

describe('a skiptoken', () => {
  it('carries the snapshots and the place', () => {
    const continuation = {
      snapshots: [
        ['201704', 3],
        ['all', 1],
      ] as const,
      position: { snapshot: 0, part: 4, block: 17, row: 0 },
    }
    expect(decodeContinuation(encodeContinuation(continuation))).toEqual(continuation)
  })

  it.each(['', 'x', Buffer.from('{"s":[["../x",1]],"at":[0,0,0]}').toString('base64url')])(
    '%j is refused',
    (token) => {
      expect(() => decodeContinuation(token)).toThrow(
        expect.objectContaining({ code: 'BAD_REQUEST' }),
      )
    },
  )
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
