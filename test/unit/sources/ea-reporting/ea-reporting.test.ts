import { describe, expect, it } from 'vitest'
import { datasetNamed } from '../../../../shared/datasets/catalogue.ts'
import { parseBillingPeriods } from '../../../../shared/sources/ea-reporting/billing-periods.ts'
import { nextPageUrl, partUrl } from '../../../../shared/sources/ea-reporting/routes.ts'

const endpoint = new URL('https://consumption.azure.com')
const page = 'https://consumption.azure.com/v3/x?skiptoken=0'

describe('the URL of a part', () => {
  it.each([
    ['usagedetails', '201704', 'all', '/v3/enrollments/100/billingPeriods/201704/usagedetails'],
    [
      'usagedetails',
      '201704',
      '2017-04-01',
      '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-01&endTime=2017-04-01',
    ],
    ['billingperiods', 'all', 'all', '/v3/enrollments/100/billingperiods'],
    ['pricesheet', '201704', 'all', '/v3/enrollments/100/billingPeriods/201704/pricesheet'],
  ])('of %s %s %s', (dataset, billingPeriod, part, path) => {
    const request = { dataset: datasetNamed(dataset), enrollment: '100', billingPeriod, part }
    expect(partUrl(endpoint, request)).toBe(`https://consumption.azure.com${path}`)
    expect(partUrl(new URL('https://mirror.example/ea'), request)).toBe(
      `https://mirror.example/ea${path}`,
    )
  })
})

describe('nextLink', () => {
  it.each([undefined, 'null', '""'])('%j ends the pages', (raw) => {
    expect(nextPageUrl(endpoint, raw, page)).toBeNull()
  })

  it('is followed on the configured origin', () => {
    expect(nextPageUrl(endpoint, '"https://consumption.azure.com/v3/x?skiptoken=1"', page)).toBe(
      'https://consumption.azure.com/v3/x?skiptoken=1',
    )
    expect(nextPageUrl(endpoint, '"/v3/x?skiptoken=1"', page)).toBe(
      'https://consumption.azure.com/v3/x?skiptoken=1',
    )
  })

  it.each([
    '"https://evil.example/v3/x"',
    '"http://consumption.azure.com/v3/x"',
    '"https://consumption.azure.com:444/"',
  ])('%s is never followed: it would leak the key', (raw) => {
    expect(() => nextPageUrl(endpoint, raw, page)).toThrow(
      expect.objectContaining({ code: 'SOURCE_FOREIGN_LINK' }),
    )
  })

  it('that is not a URL is a named error', () => {
    expect(() => nextPageUrl(endpoint, '17', page)).toThrow(
      expect.objectContaining({ code: 'SOURCE_BAD_VALUE' }),
    )
  })
})

describe('the list of billing periods', () => {
  it('may spell ids as strings or numbers, and is sorted newest first', () => {
    const row = { billingStart: '2017-04-01T00:00:00Z', billingEnd: '2017-04-30T11:59:59Z' }
    const { periods, skipped } = parseBillingPeriods(
      JSON.stringify([
        { ...row, billingPeriodId: 201703, usageDetails: '/v1/x', priceSheet: null },
        {
          ...row,
          billingPeriodId: '201704',
          usageDetails: '/v1/x',
          balanceSummary: '/v1/y',
          marketplaceCharges: '',
        },
      ]),
    )
    expect(skipped).toEqual([])
    expect(periods).toEqual([
      {
        id: '201704',
        firstDay: '2017-04-01',
        lastDay: '2017-04-30',
        datasets: ['balancesummary', 'usagedetails'],
      },
      { id: '201703', firstDay: '2017-04-01', lastDay: '2017-04-30', datasets: ['usagedetails'] },
    ])
  })

  it('is a named error if it is not a list', () => {
    for (const text of ['{}', '"201704"', 'null', '[']) {
      expect(() => parseBillingPeriods(text)).toThrow(
        expect.objectContaining({ code: 'SOURCE_BAD_VALUE' }),
      )
    }
  })
})
