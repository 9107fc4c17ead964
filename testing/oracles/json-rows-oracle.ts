/** What the archive says of JSON rows with an id, a cost, a date, tags, a flag and a later column, by other code. */
import { cell, parseExactly, sumNumbers } from './json-oracle.ts'

const known = ['id', 'cost', 'date', 'tags', 'flag', 'later']

/** The records, the sum of costs and the unknown fields of rows. */
export function expectedOf(items: readonly string[]) {
  const parsed = items.map(membersOf)
  const cost = (item: Members): unknown => lastOf(item, ['cost', 'Cost'])
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

type Members = readonly (readonly [string, unknown])[]

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g

/** The members of a row in order, including repetitions, which a parsed object does not show. */
function membersOf(item: string): Members {
  const members: [string, string][] = []
  let depth = 0
  let name: string | null = null
  let before = ''
  for (const [token] of item.matchAll(TOKENS)) {
    if (token === '}' || token === ']') depth--
    if (depth === 1 && name === null && token === ':') {
      name = JSON.parse(before) as string
      members.push([name, ''])
    } else if (depth === 1 && token === ',') name = null
    else if (name !== null && depth >= 1) (members.at(-1) as [string, string])[1] += token
    if (token === '{' || token === '[') depth++
    before = token
  }
  return members.map(([key, text]) => [key, parseExactly(text)])
}

function lastOf(item: Members, names: readonly string[]): unknown {
  return item.findLast(([name]) => names.includes(name))?.[1]
}

/** Drops white space outside strings; other characters are unchanged. */
export function compact(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")|[ \n\r\t]+/g,
    (_, text: string | undefined) => text ?? '',
  )
}
