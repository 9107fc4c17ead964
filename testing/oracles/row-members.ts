/** The members of a JSON row as texts, in order, including repetitions, which a parsed object does not show. */

/** A member's name, and its value as the row has it, without white space between tokens. */
export type Members = readonly (readonly [name: string, json: string])[]

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g

export function membersOf(row: string): Members {
  const members: [string, string][] = []
  let depth = 0
  let name: string | null = null
  let before = ''
  for (const [token] of row.matchAll(TOKENS)) {
    if (token === '}' || token === ']') depth--
    if (depth === 1 && name === null && token === ':') {
      name = JSON.parse(before) as string
      members.push([name, ''])
    } else if (depth === 1 && token === ',') name = null
    else if (name !== null && depth >= 1) (members.at(-1) as [string, string])[1] += token
    if (token === '{' || token === '[') depth++
    before = token
  }
  return members
}
