/** Fields beside the rows of a page, and targets of its link. */
import { type Answer, type Ask, json, type PayloadCase, type Source } from '../payload-case.ts'
import { plainRows, rowOf } from '../plain-rows.ts'

const dataset = 'usagedetails'
const first = plainRows(dataset, 3, 1)
const second = plainRows(dataset, 2, 2)
const both = [...first, ...second]
const TAG = { etag: '"one"' }

/** A page with these members after its rows. */
function page(rows: readonly string[], members = '"nextLink":null'): Answer {
  return json(`{"id":"x","data":[${rows.join(',')}]${members === '' ? '' : `,${members}`}}`, TAG)
}

/** The first page with a link, and the second page at the intended target. */
function twoPages(link: (ask: Ask) => string, last: Answer = page(second)): Source {
  return (ask) => {
    if (ask.url.includes('p=2')) return last
    if (ask.headers['if-none-match'] === TAG.etag) return { status: 304, headers: TAG }
    return page(first, `"nextLink":${link(ask)}`)
  }
}

const archived = (name: string, source: Source, rows: readonly string[]): PayloadCase => ({
  name,
  dataset,
  source,
  expected: { kind: 'archived', rows },
})

const refused = (name: string, source: Source, says?: RegExp): PayloadCase => ({
  name,
  dataset,
  source,
  expected: {
    kind: 'refused',
    codes: [
      'ROWS_HIDDEN',
      'SOURCE_ERROR',
      'ROWS_UNEXPECTED_SHAPE',
      'ROWS_INVALID_JSON',
      'ROWS_CUT',
      'SOURCE_BAD_VALUE',
      'SOURCE_FOREIGN_LINK',
      'SOURCE_ENDLESS',
      'SOURCE_CHANGED',
      'SOURCE_UNAVAILABLE',
      'SOURCE_NOT_FOUND',
    ],
    ...(says === undefined ? {} : { says }),
    requestsAtMost: 100,
  },
})

const quoted = (link: string): string => JSON.stringify(link)

const links: readonly PayloadCase[] = [
  archived(
    'an absolute link',
    twoPages(({ origin, url }) => quoted(`${origin}${url}?p=2`)),
    both,
  ),
  archived(
    'a link that is a path',
    twoPages(({ url }) => quoted(`${url}?p=2`)),
    both,
  ),
  archived(
    'a link that is only a query',
    twoPages(() => quoted('?p=2')),
    both,
  ),
  archived(
    'a link relative to the page',
    twoPages(() => quoted('usagedetails?p=2')),
    both,
  ),
  archived(
    'a link with a path above',
    twoPages(() => quoted('../201704/usagedetails?p=2')),
    both,
  ),
  archived(
    'a link with escapes',
    twoPages(({ origin, url }) => `"${`${origin}${url}?p=2`.replaceAll('/', '\\/')}"`),
    both,
  ),
  archived(
    'a link in front of the rows',
    (ask) =>
      ask.url.includes('p=2')
        ? page(second)
        : json(`{"nextLink":${quoted('?p=2')},"id":"x","data":[${first.join(',')}]}`),
    both,
  ),
  archived('no link', () => page(first, ''), first),
  archived('an empty link', () => page(first, '"nextLink":""'), first),
  archived(
    'an empty page in the middle',
    (ask) => {
      if (ask.url.includes('p=3')) return page(second)
      if (ask.url.includes('p=2')) return page([], `"nextLink":${quoted('?p=3')}`)
      return page(first, `"nextLink":${quoted('?p=2')}`)
    },
    both,
  ),
  archived(
    'an empty last page',
    twoPages(() => quoted('?p=2'), page([])),
    first,
  ),
  archived('no rows at all', () => page([]), []),
  archived(
    'other members',
    () => page(first, '"nextLink":null,"count":3,"currency":"EUR","nested":{"a":[1]}'),
    first,
  ),
  archived(
    'white space everywhere',
    () => json(` { "id" : "x" , "data" : [ ${first.join(' ,\r\n ')} ] , "nextLink" : null } `),
    first,
  ),
  ...['NextLink', 'nextlink', 'NEXTLINK', 'nextLINK'].flatMap((name) => [
    refused(
      `a link under ${name}`,
      twoPages(() => `null,${quoted(name)}:"?p=2"`),
      new RegExp(name),
    ),
    refused(`null under ${name}`, () => page(first, `"${name}":null`), new RegExp(name)),
  ]),
  ...['@odata.nextLink', 'next', 'next_link', 'nextPageLink'].map((name) =>
    refused(
      `a link under ${name}`,
      twoPages(({ origin, url }) => `null,${quoted(name)}:${quoted(`${origin}${url}?p=2`)}`),
      /link/i,
    ),
  ),
  ...['Data', 'DATA'].map((name) =>
    refused(
      `more rows under ${name}`,
      () => page(first, `"${name}":[],"nextLink":null`),
      new RegExp(name),
    ),
  ),
  ...['error', 'Error', 'ERROR'].map((name) =>
    refused(
      `an ${name} beside the rows`,
      () => page(first, `"${name}":{"code":"1","message":"half of it 4713"},"nextLink":null`),
      /4713/,
    ),
  ),
  refused(
    'an error after an empty list of rows',
    () => page([], '"error":{"message":"quota 4714"},"nextLink":null'),
    /4714/,
  ),
  refused('rows twice', () => page(first, `"data":[${second.join(',')}],"nextLink":null`)),
  refused(
    'a link to another host',
    twoPages(() => quoted('https://evil.invalid/?p=2')),
  ),
  refused(
    'a link to another port',
    twoPages(() => quoted('http://127.0.0.1:1/?p=2')),
  ),
  refused(
    'a link to a file',
    twoPages(() => quoted('file:///etc/passwd?p=2')),
  ),
  refused(
    'a link with another scheme',
    twoPages(({ origin }) => quoted(origin.replace('http:', 'ftp:'))),
  ),
  refused(
    'a link with a user name',
    twoPages(({ origin }) => quoted(origin.replace('//', '//user:word@evil.invalid:80@'))),
  ),
  refused(
    'a link that contains the key',
    twoPages(({ key }) => quoted(`?p=2&key=${key}`)),
  ),
  refused(
    'a link to itself',
    twoPages(({ url }) => quoted(url)),
  ),
  refused('links in a circle', (ask) =>
    page(first, `"nextLink":${quoted(ask.url.includes('a=1') ? '?b=1' : '?a=1')}`),
  ),
  refused(
    'a link that is a number',
    twoPages(() => '2'),
  ),
  refused(
    'a link that is an object',
    twoPages(() => '{"href":"?p=2"}'),
  ),
  refused(
    'a link that is true',
    twoPages(() => 'true'),
  ),
  refused(
    'a link of 10,000 characters',
    twoPages(() => quoted(`?p=2&x=${'x'.repeat(10_000)}`)),
  ),
]

const secondPages: readonly PayloadCase[] = [
  refused(
    'a second page that is gone',
    twoPages(() => quoted('?p=2'), { status: 404 }),
  ),
  refused(
    'a second page that is an error',
    twoPages(() => quoted('?p=2'), json('{"error":{"message":"page two 4715"}}')),
    /4715/,
  ),
  refused(
    'a second page without data',
    twoPages(() => quoted('?p=2'), json('{"id":"x","nextLink":null}')),
  ),
  refused(
    'a second page that is HTML',
    twoPages(() => quoted('?p=2'), json('<html>')),
    /HTML/,
  ),
  refused(
    'a truncated second page',
    twoPages(() => quoted('?p=2'), json('{"id":"x","data":[{"cost":1')),
  ),
  refused(
    'a second page that breaks off',
    twoPages(() => quoted('?p=2'), { how: 'reset' }),
  ),
  refused(
    'a second page with a foreign link',
    twoPages(() => quoted('?p=2'), page(second, '"nextLink":"https://evil.invalid/"')),
  ),
  archived(
    'a second page that is a bare list',
    twoPages(() => quoted('?p=2'), json(`[${second.join(',')}]`)),
    both,
  ),
]

/** Names that are harmless in a row, but not in a page. */
const names: readonly PayloadCase[] = ['data', 'nextLink', 'error', 'id', 'NextLink'].map(
  (name) => {
    const row = rowOf(dataset, { [name]: '"https://example.invalid/?p=2"' })
    return archived(`a row with a field ${name}`, () => page([row]), [row])
  },
)

export const envelopes: readonly PayloadCase[] = [...links, ...secondPages, ...names]
