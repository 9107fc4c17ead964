/** Lists of billing periods with invalid rows: the other periods are still archived. */
import { always, json, type PayloadCase } from '../payload-case.ts'
import { periodRow, rowOf } from '../plain-rows.ts'

const dataset = 'billingperiods'
const sound = periodRow('201704', ['usagedetails'])

const odd: Readonly<Record<string, string>> = {
  'an end that is null': rowOf(dataset, { billingPeriodId: '"201703"', billingEnd: 'null' }),
  'no end': rowOf(dataset, { billingPeriodId: '"201703"', billingEnd: null }),
  'a start that is null': rowOf(dataset, { billingPeriodId: '"201703"', billingStart: 'null' }),
  'an id with a suffix': rowOf(dataset, { billingPeriodId: '"201703-1"' }),
  'an id that is not a month': rowOf(dataset, { billingPeriodId: '"201713"' }),
  'an id that is null': rowOf(dataset, { billingPeriodId: 'null' }),
  'an id that is a number': rowOf(dataset, { billingPeriodId: '201703' }),
  'an id that is an object': rowOf(dataset, { billingPeriodId: '{"id":"201703"}' }),
  'dates with slashes': rowOf(dataset, {
    billingPeriodId: '"201703"',
    billingStart: '"03/01/2017"',
    billingEnd: '"03/31/2017"',
  }),
  'invalid dates': rowOf(dataset, {
    billingPeriodId: '"201702"',
    billingStart: '"2017-02-01"',
    billingEnd: '"2017-02-31"',
  }),
  'an end before its start': rowOf(dataset, {
    billingPeriodId: '"201703"',
    billingStart: '"2017-03-31"',
    billingEnd: '"2017-03-01"',
  }),
  'names in capitals':
    '{"BillingPeriodId":"201703","BillingStart":"2017-03-01T00:00:00Z","BillingEnd":"2017-03-31T11:59:59Z","UsageDetails":"/v1/x"}',
  'an unknown field': rowOf(dataset, { billingPeriodId: '"201703"', secret: '"x"' }),
  'a period twice': periodRow('201704', ['usagedetails', 'pricesheet']),
  'a path that is a number': rowOf(dataset, { billingPeriodId: '"201703"', usageDetails: '7' }),
}

/** The list is archived as sent, and its valid rows are planned. */
export const periods: readonly PayloadCase[] = Object.entries(odd).flatMap(([name, row]) => [
  {
    name: `${name}, behind one that is sound`,
    dataset,
    source: always(json(`[${sound},${row}]`)),
    expected: { kind: 'archived' as const, rows: [sound, row] },
    isPlanned: true,
  },
  {
    name: `${name}, in front of one that is sound`,
    dataset,
    source: always(json(`[${row},${sound}]`)),
    expected: { kind: 'archived' as const, rows: [row, sound] },
    isPlanned: true,
  },
])
