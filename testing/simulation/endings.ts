/** Ends of a part, good and bad. */
import { ArchiveError } from '../../shared/errors.ts'
import type { EaReportingOptions } from '../../shared/sources/ea-reporting/ea-reporting.ts'
import { KEY, page, type Script } from '../sources/scripted-source.ts'

import { behindOnePage, ROWS, throwing } from './pools-in-use.ts'

/** How a part can end: what happened, the code of its failure or how it ended, and the source's script. */
export const endings: [string, string, Script, Partial<EaReportingOptions>?][] = [
  ['all is well', 'part', behindOnePage(() => ({ body: page([1]) }))],
  [
    'a link to another host',
    'SOURCE_FOREIGN_LINK',
    () => ({ body: page(ROWS, 'https://evil.example/') }),
  ],
  ['an invalid link', 'SOURCE_BAD_VALUE', () => ({ body: '{"data":[{"cost":1}],"nextLink":17}' })],
  ['a link with the key', 'SOURCE_BAD_VALUE', () => ({ body: page(ROWS, `?p=${KEY}`) })],
  ['links in a circle', 'SOURCE_ENDLESS', behindOnePage(() => ({ body: page([1], '?p=2') }))],
  [
    'links in a circle, streamed',
    'SOURCE_ENDLESS',
    behindOnePage(() => ({ body: page([1], '?p=2') })),
    { pageBytes: 10 },
  ],
  ['a truncated page', 'ROWS_CUT', behindOnePage(() => ({ body: '{"data":[{"cost":1' }))],
  [
    'a page that is not JSON',
    'ROWS_INVALID_JSON',
    behindOnePage(() => ({ body: '{"data":[{cost:1}]}' })),
  ],
  ['HTML', 'ROWS_UNEXPECTED_SHAPE', behindOnePage(() => ({ body: '<html>Busy</html>' }))],
  [
    'a hidden link',
    'ROWS_HIDDEN',
    behindOnePage(() => ({ body: '{"data":[],"NextLink":"?p=3"}' })),
  ],
  [
    'an error with status 200',
    'SOURCE_ERROR',
    behindOnePage(() => ({ body: '{"error":"x","data":[]}' })),
  ],
  [
    'too much beside the rows',
    'ROWS_TOO_LARGE',
    behindOnePage(() => ({
      body: `{"a":"${'x'.repeat(600_000)}","b":"${'x'.repeat(600_000)}","data":[]}`,
    })),
    { pageBytes: 4e6 },
  ],
  [
    'a truncated streamed page',
    'SOURCE_INTERRUPTED',
    behindOnePage(() => ({ body: ['{"data":[{"cost":1}', ',{"cost":1'] })),
    { pageBytes: 10 },
  ],
  [
    'a streamed page with a hidden link',
    'ROWS_HIDDEN',
    behindOnePage(() => ({ body: ['{"data":[{"cost":1}', ',{"cost":1}],"NextLink":""}'] })),
    { pageBytes: 10 },
  ],
  ...[400, 404].map(
    (status) =>
      [
        `${status} behind a page`,
        'SOURCE_CHANGED',
        behindOnePage(() => ({ status, body: 'gone' })),
      ] as [string, string, Script],
  ),
  ['401 behind a page', 'SOURCE_UNAUTHORIZED', behindOnePage(() => ({ status: 401, body: 'no' }))],
  ['403 behind a page', 'SOURCE_FORBIDDEN', behindOnePage(() => ({ status: 403, body: 'no' }))],
  [
    '418 behind a page',
    'SOURCE_UNEXPECTED_STATUS',
    behindOnePage(() => ({ status: 418, body: 'no' })),
  ],
  ['304 without a condition', 'SOURCE_UNEXPECTED_STATUS', behindOnePage(() => ({ status: 304 }))],
  [
    'a redirect that is not followed',
    'SOURCE_UNEXPECTED_STATUS',
    () => ({ status: 307, headers: { location: '/x' }, body: 'x' }),
  ],
  ['500 behind a page', 'SOURCE_UNAVAILABLE', behindOnePage(() => ({ status: 500, body: 'no' }))],
  [
    'a long Retry-After',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => ({ status: 429, headers: { 'retry-after': '3600' } })),
  ],
  [
    'a network that fails',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => throwing(new Error('ECONNRESET'))),
  ],
  [
    'a source that does not answer',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => null),
    { retry: { tries: 2, baseMs: 1, capMs: 1, tryMs: 20, budgetMs: 1_000 } },
  ],
  [
    'a body that stalls',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => ({ body: ['{"data":[', null] })),
    { retry: { tries: 2, baseMs: 1, capMs: 1, tryMs: 20, budgetMs: 1_000 } },
  ],
  [
    'a vault that fails',
    'SECRET_UNAVAILABLE',
    () => ({ body: page(ROWS) }),
    {
      keyRing: {
        keys: () => throwing(new ArchiveError('SECRET_UNAVAILABLE', 'x')),
        reread: async () => [],
      },
    },
  ],
  [
    'a change found at the end',
    'SOURCE_CHANGED',
    ({ url }, number) => ({
      body: url.searchParams.has('p') ? page([1]) : page([...ROWS, number], '?p=2'),
    }),
  ],
]
