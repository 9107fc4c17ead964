import { describe, expect, it } from 'vitest'
import { parseBillingPeriods } from '../../../../shared/sources/ea-reporting/billing-periods.ts'

const good = {
  billingPeriodId: '201704',
  billingStart: '2017-04-01T00:00:00Z',
  billingEnd: '2017-04-30T11:59:59Z',
  usageDetails: '/v3/x',
}
const april = {
  id: '201704',
  firstDay: '2017-04-01',
  lastDay: '2017-04-30',
  datasets: ['usagedetails'],
}

const listOf = (...rows: unknown[]) => parseBillingPeriods(JSON.stringify(rows))

describe('a row of the list of billing periods', () => {
  it.each([
    ['an end that is null', { billingEnd: null }, 'billingEnd of 201705 is null'],
    ['an id with a suffix', { billingPeriodId: '201705-1' }, 'billingPeriodId is "201705-1"'],
    ['an impossible month', { billingPeriodId: '201713' }, 'billingPeriodId is "201713"'],
    ['an id that is null', { billingPeriodId: null }, 'billingPeriodId is null'],
    ['a day that does not exist', { billingEnd: '2017-05-32' }, 'billingEnd of 201705'],
    ['an end before its start', { billingEnd: '2017-04-30' }, '201705 ends at 2017-04-30'],
    ['ambiguous dates', { billingStart: '05/05/2018' }, 'billingStart of 201705'],
    ['a start that is an object', { billingStart: {} }, 'billingStart of 201705 is {}'],
  ])('is skipped and reported with %s, and the others are read', (_what, bad, why) => {
    const may = {
      billingPeriodId: '201705',
      billingStart: '2017-05-01',
      billingEnd: '2017-05-31',
      ...bad,
    }
    const { periods, skipped } = listOf(may, good)
    expect(periods).toEqual([april])
    expect(skipped).toEqual([expect.stringContaining(`row 1 is not a billing period: ${why}`)])
  })

  it.each([[null], [1], ['x'], [[]], [[good]]])('is skipped if it is %j', (row) => {
    expect(listOf(row, good)).toMatchObject({ periods: [april], skipped: [expect.any(String)] })
  })

  it('may have names in another case', () => {
    const row = Object.fromEntries(
      Object.entries(good).map(([name, value]) => [
        `${name[0]?.toUpperCase()}${name.slice(1)}`,
        value,
      ]),
    )
    expect(listOf(row)).toEqual({ periods: [april], skipped: [] })
  })

  it.each([
    ['04/01/2017', '04/30/2017'],
    ['4/1/2017 12:00:00 AM', '4/30/2017 11:59:59 PM'],
    ['01/04/2017', '30/04/2017'],
  ])('may write its dates as %s and %s, which are unambiguous within its month', (start, end) => {
    const row = { ...good, billingStart: start, billingEnd: end }
    expect(listOf(row)).toEqual({ periods: [april], skipped: [] })
  })

  it('is reported if its period is repeated, and counts once', () => {
    const again = { ...good, billingEnd: '2017-04-29' }
    expect(listOf(good, again)).toEqual({
      periods: [april],
      skipped: ['row 2 repeats 201704'],
    })
  })

  it('is reported with a shortened text', () => {
    const { skipped } = listOf({ billingPeriodId: 'x'.repeat(10_000) })
    expect(skipped[0]?.length).toBeLessThan(120)
  })
})
