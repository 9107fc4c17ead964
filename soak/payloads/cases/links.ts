/** Where the link of a page leads. */
import { json, type PayloadCase } from '../payload-case.ts'
import { archived, both, first, page, quoted, refused, second, twoPages } from './pages.ts'

export const links: readonly PayloadCase[] = [
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
