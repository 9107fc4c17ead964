/** Kinds of requests that are forbidden or nonsensical, each made from a seed. */
import type { Random } from '../../local/simulator/random.ts'
import { OPERATORS } from '../../shared/rows/select/condition.ts'
import type { RawRequest } from './raw-request.ts'
import { dates, mutated, nasty, noise, pick } from './words.ts'

/** What an attacker knows. */
export interface Known {
  readonly host: string
  /** A valid key for enrollment 100. */
  readonly key: string
  /** A valid token for enrollment 100. */
  readonly token: string
  /** A valid skiptoken. */
  readonly skiptoken: string
}

/** Makes a request of one kind. */
export type Make = (random: Random, known: Known) => Partial<RawRequest>

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

/** The kinds, by name. */
export const requestKinds: readonly (readonly [string, Make])[] = [
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
  [
    'headers',
    (random) => {
      const name = pick(random, [
        'Accept',
        'Accept-Encoding',
        'Range',
        'If-Range',
        'If-None-Match',
        'If-Modified-Since',
        'X-Forwarded-Host',
        'X-Forwarded-For',
        'Content-Type',
        'Cookie',
        'X-HTTP-Method-Override',
      ])
      const value = pick(random, [
        nasty(random),
        `bytes=${random.int(9)}-${random.int(9_999)}`,
        'bytes=-0',
        'bytes=9-1',
        `bytes=${'0-1,'.repeat(500)}`,
        'gzip;q=nonsense, *;q=2',
        `${'a/b;q=0.1,'.repeat(800)}`,
        `"${'x'.repeat(5_000)}"`,
        'W/"',
        'identity;q=0',
      ])
      return {
        target: `${SERIES}/${pick(random, ['rows', 'snapshots/1'])}`,
        headers: [[name, value]],
      }
    },
  ],
  [
    'credentials',
    (random, { key, token }) => {
      const [head = '', payload = '', signature = ''] = token.split('.')
      const header = {
        alg: pick(random, ['none', 'HS256', 'RS256', 'ES256', '']),
        kid: pick(random, ['local-1', '../../etc/passwd', nasty(random)]),
        jku: 'http://127.0.0.1:1/keys',
      }
      const value = pick(random, [
        mutated(random, key),
        mutated(random, token),
        `${token64(header)}.${payload}.${signature}`,
        `${head}.${token64({ iss: nasty(random), roles: ['Archive.Read'] })}.${signature}`,
        `${head}.${payload}.`,
        `${key} ${key}`,
        `${key}\t`,
        'x'.repeat(9_000),
        nasty(random),
      ])
      const scheme = pick(random, ['bearer', 'Bearer', 'basic', 'BEARER ', ''])
      return { target: `${SERIES}/rows`, headers: [['Authorization', `${scheme} ${value}`]] }
    },
  ],
  [
    'methods and bodies',
    (random) => {
      const body = pick(random, ['', '{}', 'x'.repeat(2_000), '[[[[', '\u0000\u0001', '{"a":'])
      // Never more than is sent: a server has to wait for the announced length.
      const length = pick(random, [String(body.length), '0', '-1', 'x', `${body.length}, 0`])
      return {
        method: pick(random, [
          'POST',
          'PUT',
          'PATCH',
          'DELETE',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
          'FOO',
          'get',
        ]),
        target: pick(random, [
          `${SERIES}/rows`,
          `${SERIES}/refresh`,
          '/v3/enrollments/100/usagedetails/submit?billingPeriod=x',
        ]),
        headers: [['Content-Length', length]],
        body,
      }
    },
  ],
  [
    'lines that are not requests',
    (random, { host }) => ({
      method: pick(random, ['GET', 'GE T', '', 'G\u0000T']),
      target: pick(random, [
        '*',
        'http://other.example/archive/health',
        '//archive/health',
        ' ',
        '?',
        `/${'a'.repeat(20_000)}`,
        '/archive/health#x',
      ]),
      headers: [
        [
          'Host',
          pick(random, [
            host,
            'a b',
            '[::1',
            'x'.repeat(300),
            '',
            'evil.example',
            '127.0.0.1:99999',
          ]),
        ],
      ],
    }),
  ],
]
