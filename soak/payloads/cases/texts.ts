/** Strings, keys and rows of all kinds, archived as sent. */
import { always, json, listBody, type PayloadCase } from '../payload-case.ts'
import { plainRows, rowOf } from '../plain-rows.ts'

const dataset = 'usagedetails'

/** JSON texts of values for a text column. */
const values: Readonly<Record<string, string>> = {
  'an emoji': '"\u{1f4b6} caf\u00e9"',
  'escaped surrogates': '"\\ud83d\\udcb6"',
  'half a surrogate': '"\\ud83d"',
  'surrogates in the wrong order': '"\\udcb6\\ud83d"',
  'an escaped zero': '"a\\u0000b"',
  'a byte order mark': '"\ufeffx"',
  'every short escape': '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  'line ends': '"a\\r\\nb\\nc\\rd"',
  'quotes and commas': '"a\\",\\"b\\"\\"c,"',
  'a formula': '"=cmd|\' /C calc\'!A0"',
  'only spaces': '"   "',
  'a leading tab': '"\\t-1"',
  'a line separator of Unicode': '"a\u2028b\u2029c"',
  'right-to-left text': '"\u202eabc\u05d0"',
  'JSON in JSON in JSON': JSON.stringify(JSON.stringify(JSON.stringify({ a: ['"', '\\'] }))),
  'an object': '{"team":"a","n":1.50,"list":[1e2,null,true]}',
  'a list': '["a",{"b":""}]',
  'an object with spaces': '{ "a" : [ 1 , 2 ] , "b" : "x y" }',
  'a number': '1.500',
  'a hundred thousand characters': JSON.stringify('x,"y"\r\n'.repeat(14_000)),
  'a million characters': JSON.stringify('a'.repeat(1_000_000)),
  'sixty levels': `${'['.repeat(60)}${']'.repeat(60)}`,
}

/** Other fields of a row, as members of JSON text. */
const members: Readonly<Record<string, string>> = {
  'a new field': '"benefitName":"Plan"',
  'new fields of each kind': '"a1":1.0,"a2":"x","a3":null,"a4":true,"a5":{"b":[]},"a6":[]',
  'a field without a name': '"":"x"',
  'a field with an escaped name': '"\\u0062enefit":"x"',
  'a field with quotes in its name': '"a\\"b,c":"x"',
  'a field with a long name': `"${'n'.repeat(300)}":1`,
  'a field with the name of an object property':
    '"__proto__":{"a":1},"constructor":"x","toString":1',
  'a hundred new fields': Array.from({ length: 100 }, (_, i) => `"f${i}":${i}`).join(','),
  'a column twice': '"tags":"second"',
  'a column in capitals': '"TAGS":"x","Date":"y"',
  'otherFields as a field': '"otherFields":"x"',
  'umlauts in a name': '"gr\u00f6\u00dfe":1',
}

const withMember = (member: string): string => rowOf(dataset).replace(/\}$/, `,${member}}`)

const archived = (name: string, rows: readonly string[]): PayloadCase => ({
  name,
  dataset,
  source: always(json(listBody(dataset, rows))),
  expected: { kind: 'archived', rows, requestsAtMost: 1 },
})

const backwards = (row: string): string =>
  `{${row
    .slice(1, -1)
    .split(/,(?="\w+":)/)
    .toReversed()
    .join(',')}}`

export const texts: readonly PayloadCase[] = [
  ...Object.entries(values).map(([name, value]) =>
    archived(`${name} as tags`, [
      ...plainRows(dataset, 1),
      rowOf(dataset, { tags: value }),
      ...plainRows(dataset, 1),
    ]),
  ),
  ...Object.entries(members).map(([name, member]) =>
    archived(name, [...plainRows(dataset, 2), withMember(member), ...plainRows(dataset, 1)]),
  ),
  archived('keys in another order', plainRows(dataset, 3).map(backwards)),
  archived(
    'keys in another order in each row',
    plainRows(dataset, 40).map((row, i) => (i % 2 === 0 ? row : backwards(row))),
  ),
  archived('cost in capitals', [rowOf(dataset, { cost: null, Cost: '1.50' })]),
  archived('an escaped cost', [
    rowOf(dataset, { cost: null }).replace(/\}$/, ',"c\\u006fst":1.50}'),
  ]),
  archived('missing fields', [rowOf(dataset, { tags: null, date: null, meterId: null })]),
  archived(
    'white space in rows',
    plainRows(dataset, 3).map((row) =>
      row.replaceAll(/("(?:[^"\\]|\\.)*")(:?)/g, '$1 $2\t').replaceAll(/,(?=")/g, ' ,\r\n '),
    ),
  ),
  archived('rows of a few bytes', ['{"cost":1}', '{"cost":2.50}', '{"consumedQuantity":1}']),
  archived('ten thousand rows', plainRows(dataset, 10_000)),
  archived(
    'five rows of five million bytes',
    Array.from({ length: 5 }, (_, i) =>
      rowOf(dataset, { tags: `"${String(i).repeat(5_000_000)}"` }),
    ),
  ),
]
