/** Odd numbers in a summed column: every one is archived digit for digit. */
import type { DatasetName } from '../../../shared/datasets/dataset.ts'
import { always, json, listBody, type PayloadCase } from '../payload-case.ts'
import { amountOf, plainRows, rowOf } from '../plain-rows.ts'

const DATASETS: readonly DatasetName[] = [
  'usagedetails',
  'marketplacecharges',
  'pricesheet',
  'balancesummary',
]

interface Values {
  readonly values: readonly string[]
  /** What must be reported about them. */
  readonly drift?: RegExp
}

const plain: readonly string[] = [
  '0',
  '-0',
  '-0.0',
  '0e0',
  '0E-400',
  '100.00',
  '0.000416666666666667000',
  '1E-06',
  '1e+2',
  '-1.5E+3',
  '1.7976931348623157e308'.replace('308', '80'),
  '12345678901234567890.123456789012345678',
  '9007199254740993',
  '-9007199254740993.0000000001',
  '9'.repeat(100),
  `0.${'1'.repeat(99)}`,
  '123456789012345678901234.5',
]

const shown = (value: string): string =>
  value.length > 30 ? `${value.slice(0, 30)}… (${value.length})` : value

const sets: readonly Values[] = [
  ...plain.map((value) => ({ values: [value] })),
  // Sums that are longer than any of their values.
  { values: ['10', '1e-99'] },
  { values: ['1e60', '1e-60'] },
  { values: ['9e99', '9e99'] },
  { values: ['-9e99', '1e-99', '9e99'] },
  { values: ['4503599627370495', '4503599627370495', '4503599627370495'] },
  { values: ['0.1', '0.2', '-0.3'] },
  // Values that can't be summed.
  { values: ['1E400'], drift: /1E400|too long|left out/ },
  { values: ['4.9E-324'], drift: /4\.9E-324|too long|left out/ },
  { values: ['1E400', '2.50', '-1E400'], drift: /left out|too long/ },
  { values: ['9'.repeat(101)], drift: /left out|too long/ },
  { values: ['1e999999999'], drift: /left out|too long/ },
  { values: ['-1e-999999999', '7'], drift: /left out|too long/ },
  { values: ['1e99999999999999999999'], drift: /left out|too long/ },
  // Values that are not numbers.
  { values: ['"1.50"'], drift: /string/ },
  { values: ['"1,5"'], drift: /string/ },
  { values: ['""'], drift: /string/ },
  { values: ['true'], drift: /boolean/ },
  { values: ['null'] },
  { values: ['{"amount":1}'], drift: /nested/ },
  { values: ['[1]'], drift: /nested/ },
]

export const numbers: readonly PayloadCase[] = DATASETS.flatMap((dataset) =>
  sets
    // A balance is one row.
    .filter(({ values }) => dataset !== 'balancesummary' || values.length === 1)
    .map(({ values, drift }) => {
      const odd = values.map((value) => rowOf(dataset, { [amountOf(dataset)]: value }))
      const rows =
        dataset === 'balancesummary'
          ? odd
          : [...plainRows(dataset, 2), ...odd, ...plainRows(dataset, 1)]
      return {
        name: `${values.map(shown).join(' and ')} as ${amountOf(dataset)} of ${dataset}`,
        dataset,
        source: always(json(listBody(dataset, rows))),
        expected: {
          kind: 'archived' as const,
          rows,
          ...(drift === undefined ? {} : { drift }),
          requestsAtMost: 1,
        },
      }
    }),
)

const day = (values: readonly string[]): string[] =>
  values.map((cost) => rowOf('usagedetails', { cost }))

/** Sums over days that are longer than each day's. */
export const numbersOverDays: readonly PayloadCase[] = [
  ['10', '1e-99', '1'],
  ['1e60', '1e-60', '0'],
  ['9e99', '9e99', '9e99'],
  ['1E400', '1', '4.9E-324'],
].map((costs) => ({
  name: `${costs.join(', ')} on three days`,
  dataset: 'usagedetails',
  isOpen: true,
  source: ({ url }) =>
    json(listBody('usagedetails', day([costs[Number(/2017-04-0(\d)/.exec(url)?.[1]) - 1] ?? '0']))),
  expected: { kind: 'archived', rows: day(costs) },
}))
