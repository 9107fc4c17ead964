/**
 * Rows as hostile as JSON allows, selected from bytes in every format. Expected results come from the
 * generator and JSON.parse; CSV is read back with csv-parse.
 */
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { ALL_ROWS, type RowSelection, rowSelector } from '../../shared/rows/select/row-selector.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300)

const layout = rowLayout([
  { name: 'name' },
  { name: 'tags' },
  { name: 'cost', kind: 'number', decimal: true, aliases: ['Cost'] },
  { name: 'flag', kind: 'boolean' },
  { name: 'details', kind: 'nested' },
  { name: 'late', since: 2 },
])
const NAMES = ['name', 'tags', 'cost', 'flag', 'details', 'late']
const HEADER = ['name', 'tags', 'cost', 'flag', 'details', 'otherFields', 'late']

/** A member of a row: key and value as JSON text without white space. */
interface Member {
  readonly key: string
  readonly value: string
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}
const isPlain = (unit: string): boolean => unit >= ' ' && unit !== '"' && unit !== '\\'
const asUnicode = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `text` as a JSON string, each UTF-16 unit unescaped, with a short escape, or by its number. */
function quoted(text: string, choices: readonly number[]): string {
  const units = text.split('').map((unit, i) => {
    const choice = (choices[i % Math.max(1, choices.length)] ?? 0) % 3
    if (choice === 1) return asUnicode(unit)
    const isHalf = /[\ud800-\udfff]/.test(unit)
    if (isPlain(unit) && !isHalf) return unit
    return SHORT[unit] ?? asUnicode(unit)
  })
  return `"${units.join('')}"`
}

const choices = fc.array(fc.nat({ max: 2 }), { maxLength: 7 })
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  // Each of these is the worst case for a writer: doubled quotes, texts that need quotes, texts that shrink,
  // lone surrogates.
  fc
    .tuple(fc.constantFrom('"', ',', '\r\n', '\\', 'é', '💶', '\ud800', 'x'), fc.nat({ max: 400 }))
    .map(([unit, times]) => unit.repeat(times)),
)
const stringText = fc.tuple(words, choices).map(([text, how]) => quoted(text, how))
const literalText = fc.constantFrom('null', 'true', 'false', '0', '-1.50', '1E-06', '9'.repeat(60))
const nestedText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    literalText,
    stringText,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(stringText, tie('value')), { maxLength: 4 })
      .map((members) => `{${members.map((pair) => pair.join(':')).join(',')}}`),
    fc.nat({ max: 300 }).map((times) => `[${Array(times).fill('""').join(',')}]`),
  ),
})).value
const keyName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom('Cost', 'other', 'é"', '') },
  { weight: 1, arbitrary: words },
)
const keyText = fc.tuple(keyName, choices).map(([name, how]) => quoted(name, how))
const member: fc.Arbitrary<Member> = fc.record({
  key: keyText,
  value: fc.oneof(stringText, literalText, nestedText),
})
/** Keys may occur twice, in any spelling: the last one counts. */
const row = fc.array(member, { maxLength: 12 })
const rows = fc.array(row, { minLength: 1, maxLength: 4 })

const rowText = (members: readonly Member[]): string =>
  `{${members.map(({ key, value }) => `${key}:${value}`).join(',')}}`
const blockOf = (given: readonly Member[][]): Buffer => Buffer.from(given.map(rowText).join('\n,'))
const nameOf = ({ key }: Member): string => JSON.parse(key) as string
const columnOf = (each: Member): string => (nameOf(each) === 'Cost' ? 'cost' : nameOf(each))

function valueIn(members: readonly Member[], column: string): string | undefined {
  return members.findLast((each) => columnOf(each) === column)?.value
}

/** A field as read by a CSV reader. */
function fieldIn(members: readonly Member[], column: string): string {
  if (column === 'otherFields') {
    const others = members.filter((each) => {
      return columnOf(each) === 'late' || !NAMES.includes(columnOf(each))
    })
    return others.length === 0 ? '' : rowText(others)
  }
  const text = valueIn(members, column) ?? 'null'
  if (text === 'null') return ''
  return text.startsWith('"') ? (JSON.parse(text) as string).toWellFormed() : text
}

function selected(
  selection: Partial<RowSelection>,
  given: readonly Member[][],
  as: 'csv' | 'json',
) {
  return rowSelector(layout, { ...ALL_ROWS, ...selection }, as === 'csv' ? 'csv' : 'ndjson').take(
    blockOf(given),
  )
}

const lines = (text: Buffer): string[] => text.toString().split('\n').slice(0, -1)
/** Names may be repeated: then a selected row is larger than the original. */
const select = fc.oneof(
  fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 40 }),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 40 }))
    .map(([name, times]) => Array<string>(times).fill(name)),
)

describe('hostile rows', () => {
  it('give exactly the requested columns, including repetitions', () => {
    fc.assert(
      fc.property(rows, select, (given, names) => {
        const expected = given.map((members) => {
          const found = names.flatMap((name) => {
            const value = valueIn(members, name)
            return value === undefined ? [] : [`"${name}":${value}`]
          })
          return `{${found.join(',')}}`
        })
        expect(lines(selected({ select: names }, given, 'json').text)).toEqual(expected)
        const array = rowSelector(layout, { ...ALL_ROWS, select: names }, 'json')
        expect(array.take(blockOf(given)).text.toString()).toBe(expected.join(','))
      }),
      { numRuns: RUNS },
    )
  })

  it('are read back from CSV with every column, including repetitions', () => {
    const columns = fc.oneof(fc.constant(null), select)
    fc.assert(
      fc.property(rows, columns, (given, names) => {
        const { text, rows: count } = selected({ select: names }, given, 'csv')
        expect(count).toBe(given.length)
        const records: string[][] = parse(text, { relax_column_count: false })
        expect(records).toEqual(
          given.map((members) => (names ?? HEADER).map((name) => fieldIn(members, name))),
        )
      }),
      { numRuns: RUNS },
    )
  })

  it('omit and rename fields for the old versions, in any spelling of the key', () => {
    const drop = fc.subarray(['name', 'other', '', 'é"', 'flag'])
    const longName = 'a much longer name '.repeat(9)
    const rename = fc.constantFrom(
      new Map([['cost', 'Cost']]),
      new Map([
        ['cost', longName],
        ['tags', longName],
      ]),
    )
    fc.assert(
      fc.property(rows, drop, rename, (given, dropped, renamed) => {
        const expected = given.map((members) =>
          rowText(
            members
              .filter((each) => !dropped.includes(nameOf(each)))
              .map((each) => {
                const name = renamed.get(nameOf(each))
                return name === undefined ? each : { ...each, key: JSON.stringify(name) }
              }),
          ),
        )
        const selection = { dropFields: new Set(dropped), rename: renamed }
        expect(lines(selected(selection, given, 'json').text)).toEqual(expected)
      }),
      { numRuns: RUNS },
    )
  })
})
