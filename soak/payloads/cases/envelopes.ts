/** Fields beside the rows of a page, and targets of its link. */
import { json, type PayloadCase } from '../payload-case.ts'
import { rowOf } from '../plain-rows.ts'
import { links } from './links.ts'
import { archived, both, dataset, page, quoted, refused, second, twoPages } from './pages.ts'

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
