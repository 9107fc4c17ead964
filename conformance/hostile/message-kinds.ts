/** Kinds of requests whose headers, method or lines are forbidden or nonsensical. */
import type { RequestKind } from './request-kind.ts'
import { mutated, nasty, pick } from './words.ts'

const token64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const SERIES = '/archive/enrollments/100/usagedetails/201704'

export const messageKinds: readonly RequestKind[] = [
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
