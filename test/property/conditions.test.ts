/**
 * Conditions over rows of every kind of value, against whole numbers of any size and JSON.parse. Numbers come in
 * every spelling, with exponents far beyond what a double has.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { checkedCondition, OPERATORS, parseCondition } from '../../shared/rows/select/condition.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 500)
const SCALE = 500

const layout = rowLayout([
  { name: 'text' },
  { name: 'day', usageDate: true },
  { name: 'amount', kind: 'number' },
  { name: 'flag', kind: 'boolean' },
])

interface Spelled {
  readonly text: string
  /** Its value × 10^500. */
  readonly value: bigint
}

function spelled(digits: string, point: number, exponent: number | null, e: string): Spelled {
  const [whole, fraction] = [digits.slice(0, point), digits.slice(point)]
  const shift = SCALE - fraction.length + (exponent ?? 0)
  const text = `${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === null ? '' : `${e}${exponent}`}`
  return { text, value: BigInt(digits) * 10n ** BigInt(shift) }
}

/** Few digits, so that equal values meet in other spellings. */
const digits = fc.oneof(
  fc.constantFrom('0', '1', '10', '100', '12', '120'),
  fc.stringMatching(/^[1-9]\d{0,19}$/),
)
const negated = ({ text, value }: Spelled): Spelled => ({ text: `-${text}`, value: -value })
const sign = <T extends Spelled>(number: fc.Arbitrary<T>): fc.Arbitrary<Spelled> =>
  fc.oneof(number, number.map(negated))

/** As JSON has numbers. */
const rowNumber = sign(
  fc
    .tuple(
      digits,
      fc.nat({ max: 20 }),
      fc.option(fc.integer({ min: -450, max: 450 })),
      fc.constantFrom('e', 'E'),
    )
    .map(([all, point, exponent, e]) =>
      spelled(all, Math.max(1, Math.min(point, all.length)), exponent, e),
    )
    // 012.5 is no JSON.
    .filter(({ text }) => /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)),
)
/** As people and other programs have them: `.5`, `+1`, `1e-05`. */
const askedNumber = sign(
  fc
    .tuple(
      digits,
      fc.nat({ max: 20 }),
      fc.option(fc.integer({ min: -40, max: 40 })),
      fc.constantFrom('e', 'E'),
    )
    .map(([all, point, exponent, e]) => spelled(all, Math.min(point, all.length), exponent, e)),
).map(({ text, value }) => ({
  text: !text.startsWith('-') && text.length % 3 === 0 ? `+${text}` : text,
  value,
}))

const day = fc.integer({ min: 1, max: 28 })
const two = (n: number): string => String(n).padStart(2, '0')
const dayText = fc.tuple(day, fc.constantFrom(0, 1, 2)).map(([n, form]) => ({
  n,
  text:
    [`2026-03-${two(n)}T00:00:00`, `3/${n}/2026 12:00:00 AM`, `03\\/${two(n)}\\/2026`][form] ?? '',
}))

/** A value as it stands in a row, and what it is to its column: null for what can't be compared. */
interface Value {
  readonly json: string | null
  readonly order: bigint | string | null
  readonly isEmpty: boolean
}
const value = (json: string | null, order: Value['order'] = null): Value => {
  return { json, order, isEmpty: json === null || json === 'null' || json === '""' }
}
const nothing = fc.constantFrom(value(null), value('null'))
const odd = fc.constantFrom('[1]', '{"a":"1"}').map((json) => value(json))

const amount = fc.oneof(
  rowNumber.map(({ text, value: number }) => value(text, number)),
  rowNumber.map(({ text, value: number }) => value(`" ${text}"`, number)),
  fc.constantFrom('"x"', '"0x10"', '""', 'true', '"Infinity"').map((json) => value(json)),
  nothing,
  odd,
)
const usageDay = fc.oneof(
  dayText.map(({ n, text }) => value(`"${text}"`, BigInt(n))),
  fc.constantFrom('"2026-02-30"', '"soon"', '7', '""').map((json) => value(json)),
  nothing,
  odd,
)
const flag = fc.oneof(
  fc.constantFrom('true', 'false').map((json) => value(json, json)),
  fc.constantFrom('TRUE', 'False').map((text) => value(`"${text}"`, text.toLowerCase())),
  nothing,
)
const string = fc.string({ unit: 'grapheme', maxLength: 3 })
const text = fc.oneof(
  string.map((each) => value(JSON.stringify(each), each)),
  nothing,
)

const operators = fc.constantFrom(...OPERATORS)
const equality = fc.constantFrom('=' as const, '!=' as const)
const spaces = fc.constantFrom('', ' ', '  ')
/** A row's value, and a condition on it with its own value. */
const cases = fc.oneof(
  fc.record({
    column: fc.constant('amount'),
    found: amount,
    operator: operators,
    asked: askedNumber.map(({ text: word, value: order }) => ({ word, order })),
  }),
  fc.record({
    column: fc.constant('day'),
    found: usageDay,
    operator: operators,
    asked: day.map((n) => ({ word: `2026-03-${two(n)}`, order: BigInt(n) })),
  }),
  fc.record({
    column: fc.constant('flag'),
    found: flag,
    operator: equality,
    asked: fc.constantFrom('true', 'FALSE').map((word) => ({ word, order: word.toLowerCase() })),
  }),
  fc.record({
    column: fc.constant('text'),
    found: text,
    operator: operators,
    asked: string.map((each) => ({ word: JSON.stringify(each), order: each })),
  }),
  fc.record({
    column: fc.constantFrom('amount', 'day', 'flag', 'text'),
    found: fc.oneof(amount, usageDay, flag, text),
    operator: equality,
    asked: fc.constant({ word: '', order: null }),
  }),
)

function expected(found: Value, operator: string, order: bigint | string | null): boolean {
  if (order === null || (order === '' && (operator === '=' || operator === '!='))) {
    return found.isEmpty === (operator === '=')
  }
  if (found.order === null) return operator === '!='
  const isLess = found.order < order
  const isMore = found.order > order
  switch (operator) {
    case '=':
      return !isLess && !isMore
    case '!=':
      return isLess || isMore
    case '<':
      return isLess
    case '<=':
      return !isMore
    case '>':
      return isMore
    default:
      return !isLess
  }
}

describe('a condition', () => {
  it('is met by the rows whose values meet it, whatever their kind and spelling', () => {
    fc.assert(
      fc.property(cases, spaces, spaces, ({ column, found, operator, asked }, one, other) => {
        const condition = parseCondition(
          `${one}${column}${other}${operator}${one}${asked.word}${other}`,
        )
        const checked = checkedCondition(layout, condition)
        // What was checked once is what is checked again, by the worker that composes.
        expect(checkedCondition(layout, checked)).toEqual(checked)
        const row = found.json === null ? '{}' : `{"${column}":${found.json}}`
        const rows = [condition, checked].map((each) => {
          const selector = rowSelector(layout, { ...ALL_ROWS, where: [each] }, 'ndjson')
          return selector.take(Buffer.from(row)).rows
        })
        const isMet = expected(found, operator, asked.order) ? 1 : 0
        expect([row, rows]).toEqual([row, [isMet, isMet]])
      }),
      { numRuns: RUNS },
    )
  })
})
