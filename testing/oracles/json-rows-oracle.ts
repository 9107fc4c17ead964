/** What the archive says of JSON rows with an id, a cost, a date, tags, a flag and a later column, by other code. */
import { cell, parseExactly, sumNumbers } from './json-oracle.ts'
import { membersOf } from './row-members.ts'

const known = ['id', 'cost', 'date', 'tags', 'flag', 'later']

/** The records, the sum of costs and the unknown fields of rows. */
export function expectedOf(items: readonly string[]) {
  const parsed = items.map(
    (item): Parsed => membersOf(item).map(([name, json]) => [name, parseExactly(json)]),
  )
  const cost = (item: Parsed): unknown => lastOf(item, ['cost', 'Cost'])
  const isOther = (name: string): boolean =>
    name === 'later' || !(known.includes(name) || name === 'Cost')
  return {
    records: parsed.map((item) => {
      const others = item.filter(([name]) => isOther(name))
      return [
        cell(lastOf(item, ['id'])),
        cell(cost(item)),
        cell(lastOf(item, ['date'])),
        cell(lastOf(item, ['tags'])),
        cell(lastOf(item, ['flag'])),
        others.length === 0 ? null : Object.fromEntries(others),
        cell(lastOf(item, ['later'])),
      ]
    }),
    sum: sumNumbers(parsed.map(cost)),
    unknown: new Set(parsed.flatMap((item) => item.map(([name]) => name).filter(isOther))),
  }
}

type Parsed = readonly (readonly [string, unknown])[]

function lastOf(item: Parsed, names: readonly string[]): unknown {
  return item.findLast(([name]) => names.includes(name))?.[1]
}

/** Drops white space outside strings; other characters are unchanged. */
export function compact(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")|[ \n\r\t]+/g,
    (_, text: string | undefined) => text ?? '',
  )
}
