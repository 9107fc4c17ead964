/** Kinds of requests whose target is forbidden or nonsensical. */
import { OPERATORS } from '../../shared/rows/select/condition.ts'
import type { RequestKind } from './request-kind.ts'
import { dates, mutated, nasty, noise, pick } from './words.ts'

const token64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const SERIES = '/archive/enrollments/100/usagedetails/201704'

/**
 * Conditions in many spellings: a value that does not fit its column is a 400, and no exponent may cause an
 * internal error.
 */
const COLUMNS = ['cost', 'resourceRate', 'date', 'chargesBilledSeparately', 'meterName', 'Cost', '']
const OPERATORS_TRIED = [...OPERATORS, '==', '<>', '=>', '~', '']
const NUMBERS = [
  '0',
  '.5',
  '+1',
  '1e-05',
  '1,5',
  '1E-400',
  '1e999999999',
  '-0',
  '1.',
  'NaN',
  '',
].concat('9'.repeat(101), `1e${'9'.repeat(300)}`, '2026-10-01', ' 2026-02-30 ', '10/1/2026', '"1"')

export const targetKinds: readonly RequestKind[] = [
  [
    'a path of the old API with a nasty piece',
    (random) => {
      const parts = [
        pick(random, ['v1', 'v2', 'v3', 'V3', 'v4', nasty(random)]),
        'enrollments',
        random.int(3) === 0 ? nasty(random) : '100',
        'billingPeriods',
        random.int(3) === 0 ? nasty(random) : '201704',
        random.int(3) === 0 ? nasty(random) : 'usagedetails',
      ]
      return { target: `/${parts.join('/')}` }
    },
  ],
  [
    'a path of the archive with a nasty piece',
    (random) => {
      const parts = [
        'archive',
        'enrollments',
        '100',
        'usagedetails',
        '201704',
        'snapshots',
        '1',
        'rows',
      ]
      parts[random.int(parts.length)] = nasty(random)
      return { target: `/${parts.slice(0, 2 + random.int(7)).join('/')}` }
    },
  ],
  ['noise as a path', (random) => ({ target: `/${noise(random, random.int(200))}` })],
  [
    'custom dates',
    (random) => ({
      target: `/v3/enrollments/100/usagedetailsbycustomdate?startTime=${dates(random)}&endTime=${dates(random)}`,
    }),
  ],
  [
    'download and submit',
    (random) => ({
      method: pick(random, ['GET', 'POST']),
      target: `/v3/enrollments/100/usagedetails/${pick(random, ['download', 'submit', 'reports/'])}?billingPeriod=${nasty(random)}&startTime=${dates(random)}`,
    }),
  ],
  [
    'a skiptoken',
    (random, { skiptoken }) => {
      const period = pick(random, ['201704', '201705', 'all', '../x', '999912'])
      const number = pick(random, [0, 1, 2, -1, 1e15, 1.5])
      const at = [random.int(3), random.int(40), random.int(3) * 1e9]
      const made = pick(random, [
        mutated(random, skiptoken),
        token64({ s: [[period, number]], at }),
        token64({ s: Array.from({ length: 700 }, () => [period, 1]), at: [0, 0, 0] }),
        token64({ s: [[period, number]], at: [0, 0] }),
        token64(nasty(random)),
        noise(random, 60),
      ])
      return { target: `/v3/enrollments/100/usagedetails?skiptoken=${encodeURIComponent(made)}` }
    },
  ],
  [
    'a query for rows',
    (random) => {
      const value = encodeURIComponent(nasty(random))
      const query = pick(random, [
        `select=${value}`,
        `where=${value}`,
        `where=cost>=${value}`,
        `where=${encodeURIComponent(`${pick(random, COLUMNS)} ${pick(random, OPERATORS_TRIED)} ${pick(random, NUMBERS)}`)}`,
        `where=date=${encodeURIComponent(dates(random))}`,
        `where=${encodeURIComponent('cost>=1')}&`.repeat(30),
        `limit=${value}`,
        `cursor=${value}`,
        `cursor=${random.int(9)}-${random.int(99)}-${random.int(9_999)}`,
        `asOf=${value}`,
        `format=${value}`,
        `${value}=1`,
        `select=${'cost,'.repeat(300)}`,
        'limit=1&limit=2',
      ])
      return { target: `${SERIES}/${pick(random, ['rows', 'snapshots/1/rows'])}?${query}` }
    },
  ],
  [
    'totals and differences',
    (random) => ({
      target: pick(random, [
        `/archive/enrollments/100/usagedetails/totals?groupBy=${encodeURIComponent(nasty(random))}`,
        `/archive/enrollments/100/usagedetails/totals?sum=${encodeURIComponent(nasty(random))}`,
        `/archive/enrollments/100/${nasty(random)}/totals?from=${dates(random)}`,
        `${SERIES}/diff?from=${nasty(random)}&to=${random.int(9)}`,
        `${SERIES}/diff?rows=${nasty(random)}`,
      ]),
    }),
  ],
  [
    'ids of others',
    (random) => ({
      target: pick(random, [
        `/archive/downloads/${noise(random, 64)}`,
        `/archive/downloads/${'0'.repeat(64)}/file`,
        `/archive/refreshes/usagedetails.200.201704.${'a'.repeat(32)}`,
        `/archive/refreshes/usagedetails.${nasty(random)}.201704.x`,
        `/archive/enrollments/200/usagedetails/201704/rows`,
        `/v3/enrollments/200/usagedetails`,
        `${SERIES}/snapshots/1/files/all/${encodeURIComponent(nasty(random))}`,
        `${SERIES}/snapshots/1/files/${encodeURIComponent(nasty(random))}/x.csv`,
        `/archive/docs/assets/${encodeURIComponent(nasty(random))}`,
        `/swagger/docs/${nasty(random)}`,
      ]),
    }),
  ],
]
