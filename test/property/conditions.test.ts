/**
 * Conditions on rows with all kinds of values, compared with BigInts and JSON.parse. Numbers have all
 * spellings, with exponents far beyond those of a double.
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

/** Few digits, so that equal values occur in different spellings. */
const digits = fc.oneof(
  fc.constantFrom('0', '1', '10', '100', '12', '120'),
  fc.stringMatching(/^[1-9]\d{0,19}$/),
)
const negated = ({ text, value }: Spelled): Spelled => ({ text: `-${text}`, value: -value })
const sign = <T extends Spelled>(number: fc.Arbitrary<T>): fc.Arbitrary<Spelled> =>
  fc.oneof(number, number.map(negated))

/** JSON spellings. */
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
    // 012.5 is not JSON.
    .filter(({ text }) => /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)),
)
/** Spellings of people and other programs: `.5`, `+1`, `1e-05`. */
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

/** A value in a row, and its meaning for the column: null if it can't be compared. */
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
/** A row's value, and a condition with another value. */
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
  it('matches exactly the rows whose values satisfy it, whatever their kind and spelling', () => {
    fc.assert(
      fc.property(cases, spaces, spaces, ({ column, found, operator, asked }, one, other) => {
        const condition = parseCondition(
          `${one}${column}${other}${operator}${one}${asked.word}${other}`,
        )
        const checked = checkedCondition(layout, condition)
        // The worker that composes an answer checks a checked condition again.
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
