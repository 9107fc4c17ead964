/** Data of one enrollment must not appear in another's archive. */
import { always, json, type PayloadCase, type Source } from '../payload-case.ts'
import { rowOf } from '../plain-rows.ts'

const secret = '"codeNameOfOurMerger":"x"'
const row = rowOf('usagedetails').replace(/\}$/, `,${secret}}`)
const rows = Array.from({ length: 50 }, () => row)
const cut = `{"id":"x","data":[${rows.join(',')},{"cost":1`

const refused = (name: string, source: Source): PayloadCase => ({
  name: `a field of its own, ${name}`,
  dataset: 'usagedetails',
  source,
  expected: {
    kind: 'refused',
    codes: [
      'SOURCE_UNAVAILABLE',
      'ROWS_CUT',
      'ROWS_INVALID_JSON',
      'ROWS_INVALID_UTF8',
      'SOURCE_FOREIGN_LINK',
      'SOURCE_CHANGED',
      'ROWS_NOT_A_ROW',
    ],
  },
})

export const neighbours: readonly PayloadCase[] = [
  refused('in a truncated body', always(json(cut))),
  refused(
    'in a body that stops',
    always({ ...json(`${cut}${'9'.repeat(100_000)}`), how: 'stall' }),
  ),
  refused(
    'before a byte that is not UTF-8',
    always(json(Buffer.concat([Buffer.from(cut), Buffer.of(0xff)]))),
  ),
  refused(
    'in a page whose link is rejected',
    always(json(`{"data":[${rows.join(',')}],"nextLink":"https://evil.invalid/"}`)),
  ),
  refused(
    'before something that is not a row',
    always(json(`{"data":[${rows.join(',')},{}],"nextLink":null}`)),
  ),
  {
    name: 'a field of its own, archived',
    dataset: 'usagedetails',
    source: always(json(`[${rows.join(',')}]`)),
    expected: { kind: 'archived', rows },
  },
]
