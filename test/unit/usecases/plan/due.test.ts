import { describe, expect, it } from 'vitest'
import type { BillingPeriod, Offer } from '../../../../shared/sources/source.ts'
import { duePlans, type History } from '../../../../shared/usecases/plan/due.ts'

const usage: Offer = { dataset: 'usagedetails', byDay: true }
const prices: Offer = { dataset: 'pricesheet', byDay: false }

const period = (id: string, firstDay: string, lastDay: string): BillingPeriod => {
  return { id, firstDay, lastDay, datasets: ['usagedetails', 'pricesheet'] }
}
const may = period('201705', '2017-05-01', '2017-05-31')
const april = period('201704', '2017-04-01', '2017-04-30')
const march = period('201703', '2017-03-01', '2017-03-31')

const never: History = { settled: null, checkedAt: null }
const settledNow: History = { settled: true, checkedAt: new Date('2017-05-03T00:00:00Z') }

function due(day: string, history: Record<string, History> = {}, offer = usage, recheckDays = 7) {
  const settings = { day, settlementDays: 10, recheckDays, now: new Date(`${day}T03:00:00Z`) }
  const plans = duePlans(offer, [may, april, march], (id) => history[id] ?? never, settings)
  return plans.map(({ billingPeriod, parts, settled }) => ({
    billingPeriod,
    parts: parts.length,
    settled,
  }))
}

describe('what is due', () => {
  it('is everything at first, newest first: days while unsettled, then the whole period', () => {
    expect(due('2017-05-03')).toEqual([
      { billingPeriod: '201705', parts: 3, settled: false },
      { billingPeriod: '201704', parts: 30, settled: false },
      { billingPeriod: '201703', parts: 1, settled: true },
    ])
  })

  it('of a dataset without days is one part, settled or not', () => {
    expect(due('2017-05-03', {}, prices).map((plan) => plan.parts)).toEqual([1, 1, 1])
  })

  it('is the open period and what becomes settled, once the rest is archived', () => {
    const history = {
      '201705': { ...never },
      '201704': { ...never, settled: false },
      '201703': settledNow,
    }
    expect(due('2017-05-04', history).map((plan) => plan.billingPeriod)).toEqual([
      '201705',
      '201704',
    ])
  })

  it('is a period past settlement until its newest snapshot is settled', () => {
    const unsettled: History = { settled: false, checkedAt: new Date('2017-05-10T00:00:00Z') }
    const plans = due('2017-05-11', { '201704': unsettled, '201703': settledNow })
    expect(plans).toContainEqual({ billingPeriod: '201704', parts: 1, settled: true })
    expect(due('2017-05-10', { '201704': unsettled })).toContainEqual({
      billingPeriod: '201704',
      parts: 30,
      settled: false,
    })
  })

  it('is a settled period again when its time has come', () => {
    const ids = (day: string) =>
      due(day, { '201703': settledNow }).map((plan) => plan.billingPeriod)
    expect(ids('2017-05-09')).not.toContain('201703')
    expect(ids('2017-05-10')).toContain('201703')
  })

  it("follows the source's cadence rather than the setting", () => {
    const slow: Offer = { ...prices, recheckDays: 30 }
    const ids = (day: string) =>
      due(day, { '201703': settledNow }, slow).map((plan) => plan.billingPeriod)
    expect(ids('2017-06-01')).not.toContain('201703')
    expect(ids('2017-06-02')).toContain('201703')
  })

  it('never goes back to days once a snapshot is settled, whatever the date', () => {
    expect(due('2017-03-02', { '201703': settledNow }, usage, 0)).toContainEqual({
      billingPeriod: '201703',
      parts: 1,
      settled: true,
    })
  })

  it('takes the newest listed period as open, whatever the clock says', () => {
    expect(due('2019-01-01')[0]).toEqual({ billingPeriod: '201705', parts: 31, settled: false })
  })

  it('fetches the first day of a period that has not begun by our clock', () => {
    expect(due('2017-04-20')[0]).toEqual({ billingPeriod: '201705', parts: 1, settled: false })
  })

  it('omits a dataset without a route in a period', () => {
    const settings = { day: '2017-05-03', settlementDays: 10, recheckDays: 7, now: new Date() }
    const marketplace: Offer = { dataset: 'marketplacecharges', byDay: true }
    expect(duePlans(marketplace, [may, april], () => never, settings)).toEqual([])
  })
})
