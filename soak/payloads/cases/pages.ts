/** Pages, and cases in which they are archived or refused. */
import { type Answer, type Ask, json, type PayloadCase, type Source } from '../payload-case.ts'
import { plainRows } from '../plain-rows.ts'

export const dataset = 'usagedetails'
export const first = plainRows(dataset, 3, 1)
export const second = plainRows(dataset, 2, 2)
export const both = [...first, ...second]
export const TAG = { etag: '"one"' }

/** A page with these members after its rows. */
export function page(rows: readonly string[], members = '"nextLink":null'): Answer {
  return json(`{"id":"x","data":[${rows.join(',')}]${members === '' ? '' : `,${members}`}}`, TAG)
}

/** The first page with a link, and the second page at the intended target. */
export function twoPages(link: (ask: Ask) => string, last: Answer = page(second)): Source {
  return (ask) => {
    if (ask.url.includes('p=2')) return last
    if (ask.headers['if-none-match'] === TAG.etag) return { status: 304, headers: TAG }
    return page(first, `"nextLink":${link(ask)}`)
  }
}

export const archived = (name: string, source: Source, rows: readonly string[]): PayloadCase => ({
  name,
  dataset,
  source,
  expected: { kind: 'archived', rows },
})

export const refused = (name: string, source: Source, says?: RegExp): PayloadCase => ({
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

export const quoted = (link: string): string => JSON.stringify(link)
