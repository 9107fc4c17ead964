/** ETags of all kinds, and rows that change while they are read. */
import { type Answer, type Ask, json, type PayloadCase, type Source } from '../payload-case.ts'
import { plainRows } from '../plain-rows.ts'

const dataset = 'usagedetails'
const PAGE_ROWS = 1_000
const old = plainRows(dataset, 3, 1)
const fresh = plainRows(dataset, 3, 2)
const rest = plainRows(dataset, 2, 3)

type TagOf = (version: string, ask: Ask) => string | null

/** How sources tag their answers. */
const taggings: Readonly<Record<string, TagOf>> = {
  'no tag': () => null,
  'an honest tag': (version) => `"${version}"`,
  'a weak tag': (version) => `W/"${version}"`,
  'another tag at each answer': (_version, { number }) => `"${number}"`,
  'one tag for everything': () => '"same"',
  'a tag that contains the key': (version, { key }) => `"${version}${key}"`,
}

interface Says {
  readonly version: string
  readonly pages: readonly (readonly string[])[]
}

/** A source with pages, whose state at each request is given by `at`. */
function paged(at: (ask: Ask) => Says, tagOf: TagOf): Source {
  return (ask) => {
    const number = Number(/[?&]p=(\d+)/.exec(ask.url)?.[1] ?? 1)
    const { version, pages } = at(ask)
    const tag = tagOf(version, ask)
    const headers: Record<string, string> = tag === null ? {} : { etag: tag }
    if (tag !== null && ask.headers['if-none-match'] === tag) return { status: 304, headers }
    const path = ask.url.replace(/\?.*/, '')
    const link = number < pages.length ? `"${path}?p=${number + 1}"` : 'null'
    return page(pages[number - 1] ?? [], link, headers)
  }
}

function page(
  rows: readonly string[],
  link: string,
  headers: Readonly<Record<string, string>>,
): Answer {
  return json(`{"id":"x","data":[${rows.join(',')}],"nextLink":${link}}`, headers)
}

const changed = ['SOURCE_CHANGED'] as const

function casesOf(tagging: string, tagOf: TagOf): PayloadCase[] {
  const one = (
    name: string,
    at: (ask: Ask) => Says,
    expected: PayloadCase['expected'],
    more: Partial<PayloadCase> = {},
  ): PayloadCase => ({
    name: `${name}, ${tagging}`,
    dataset,
    source: paged(at, tagOf),
    expected,
    ...more,
  })
  const long = (mark: number): string[] => plainRows(dataset, PAGE_ROWS, mark)
  const longPages = (mark: number): Says => ({
    version: `v${mark}`,
    pages: [long(mark), long(mark + 1), rest],
  })
  const isFalse = tagging === 'one tag for everything'
  return [
    one('one page', () => ({ version: 'a', pages: [old] }), {
      kind: 'archived',
      rows: old,
      requestsAtMost: 1,
    }),
    one('two pages', () => ({ version: 'a', pages: [old, rest] }), {
      kind: 'archived',
      rows: [...old, ...rest],
      requestsAtMost: 3,
    }),
    one(
      'two unchanged pages',
      () => ({ version: 'a', pages: [plainRows(dataset, 2, 1), plainRows(dataset, 1, 1)] }),
      { kind: 'archived', rows: null },
      {
        isSecond: true,
        // First sent as one page of three rows: the same rows, divided differently.
        source: paged(
          () => ({
            version: 'a',
            pages: [plainRows(dataset, 3, 1).slice(0, 2), plainRows(dataset, 3, 1).slice(2)],
          }),
          tagOf,
        ),
      },
    ),
    // The first request gets the old state, all later ones the new one.
    ...(isFalse
      ? []
      : [
          one(
            'restated between two pages',
            ({ number }) =>
              number === 1
                ? { version: 'a', pages: [old, rest] }
                : { version: 'b', pages: [fresh, rest] },
            { kind: 'archived', rows: [...fresh, ...rest], requestsAtMost: 8 },
          ),
          one(
            'restated at each request',
            ({ number }) => ({
              version: String(number),
              pages: [plainRows(dataset, 3, number), rest],
            }),
            { kind: 'refused', codes: changed, requestsAtMost: 40 },
          ),
          one(
            'restated between two segments',
            ({ number }) => longPages(number <= 2 ? 1 : 5),
            { kind: 'archived', rows: longPages(5).pages.flat() },
            { segmentRows: PAGE_ROWS },
          ),
        ]),
    one(
      'segments',
      () => longPages(1),
      { kind: 'archived', rows: longPages(1).pages.flat() },
      { segmentRows: PAGE_ROWS },
    ),
  ]
}

const others: readonly PayloadCase[] = [
  {
    name: '304 without a condition',
    dataset,
    source: () => ({ status: 304 }),
    expected: {
      kind: 'refused',
      codes: ['SOURCE_UNEXPECTED_STATUS', 'SOURCE_BAD_VALUE', 'SOURCE_UNAVAILABLE'],
      requestsAtMost: 20,
    },
  },
  {
    name: '204',
    dataset,
    source: () => ({ status: 204 }),
    expected: {
      kind: 'refused',
      codes: ['SOURCE_UNEXPECTED_STATUS', 'SOURCE_UNAVAILABLE'],
      requestsAtMost: 20,
    },
  },
  {
    name: '206 with a part of it',
    dataset,
    source: () => ({ ...json(`[${old.join(',')}]`), status: 206 }),
    expected: { kind: 'refused', codes: ['SOURCE_UNEXPECTED_STATUS'], requestsAtMost: 20 },
  },
]

export const tags: readonly PayloadCase[] = [
  ...Object.entries(taggings).flatMap(([tagging, tagOf]) => casesOf(tagging, tagOf)),
  ...others,
]
