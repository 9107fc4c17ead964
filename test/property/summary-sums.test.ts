/** The sums of the table `summary` against sums of the same rows made from JSON. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { encoderKernel } from '../../shared/outputs/parquet/encoder-kernel.ts'
import { recordReader } from '../../shared/outputs/parquet/record-feed.ts'
import { summarySums } from '../../shared/outputs/tables/summary-table.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { readCsv } from '../../testing/oracles/json-oracle.ts'

const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)
const kernel = encoderKernel()
const series = { dataset: 'usagedetails', enrollment: '100', billingPeriod: '201704' }

const SUMMARY = {
  date: 'date',
  service: 'meterCategory',
  subscriptionGuid: 'subscriptionGuid',
  subscriptionName: 'subscriptionName',
}

const text = fc.constantFrom(null, '', 'a', 'a,b', 'say "x"', 'ünï', 'line\r\nbreak', '😀')
const row = fc.record({
  // Whole cents, so that the expected sum is a safe integer.
  cost: fc.oneof(fc.constant(null), fc.integer({ min: -1_000_000, max: 1_000_000 })),
  date: fc.constantFrom(null, '2017-04-01T00:00:00', '2017-04-02', '4/2/2017', 'never'),
  meterCategory: text,
  subscriptionGuid: text,
  subscriptionName: text,
})

const DAYS: Readonly<Record<string, string>> = {
  '2017-04-01T00:00:00': '2017-04-01',
  '2017-04-02': '2017-04-02',
  '4/2/2017': '2017-04-02',
}

it('sums every row once, under its own keys', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const expected = new Map<string, { rows: number; cents: number }>()
      for (const { cost, date, ...keys } of rows) {
        const key = JSON.stringify([DAYS[date ?? ''] ?? null, ...Object.values(keys)])
        const sum = expected.get(key) ?? { rows: 0, cents: 0 }
        expected.set(key, { rows: sum.rows + 1, cents: sum.cents + (cost ?? 0) })
      }
      const found = new Map(
        summaryOf(rows).map(([_dataset, _enrollment, _period, date, ...rest]) => {
          const [service, guid, name, count, cost] = rest
          const key = JSON.stringify([date, service, guid, name])
          return [key, { rows: Number(count), cents: Math.round(Number(cost) * 100) }]
        }),
      )
      expect(found).toEqual(expected)
    }),
  )
})

function summaryOf(rows: readonly { readonly cost: number | null }[]): (string | null)[][] {
  const reader = jsonReader('list', at.layout)
  const cents = (cost: number | null): string =>
    cost === null ? 'null' : `${cost < 0 ? '-' : ''}${(Math.abs(cost) / 100).toFixed(2)}`
  const texts = rows.map(({ cost, ...rest }) =>
    JSON.stringify({ cost: 0, ...rest }).replace('"cost":0', `"cost":${cents(cost)}`),
  )
  reader.push(Buffer.from(`[${texts.join(',')}]`))
  reader.end()
  const csv = Buffer.from(reader.take()?.csv ?? [])
  const sums = summarySums(series, at.names, SUMMARY, 'cost')
  const records = recordReader(kernel, columns, sums.add)
  // Cut anywhere: a record may continue in the next piece.
  records.add(csv.subarray(0, csv.length >> 1))
  records.add(csv.subarray(csv.length >> 1))
  records.end()
  return readCsv(sums.csv())
}
