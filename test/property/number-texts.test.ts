/** Numbers as strings of their digits: all numbers, and nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NumberText, parseExactly } from '../../shared/rows/scan/exact-json.ts'
import { numberTexts } from '../../shared/rows/select/number-texts.ts'

const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,3})?$/)
const number = digits.map((text) => ({ json: text, meant: text as unknown }))
const string = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('12.50', '"1"', '\\1', '{"a":1}', '-', 'e5'),
  )
  .map((text) => ({ json: JSON.stringify(text), meant: text as unknown }))
const literal = fc.constantFrom(true, false, null).map((value) => ({
  json: JSON.stringify(value),
  meant: value as unknown,
}))

interface Value {
  readonly json: string
  readonly meant: unknown
}

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number,
    string,
    literal,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({
      json: `[${items.map(({ json }) => json).join(',')}]`,
      meant: items.map(({ meant }) => meant),
    })),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { selector: ([key]) => key, maxLength: 5 })
      .map((members) => ({
        json: `{${members.map(([key, { json }]) => `${JSON.stringify(key)}:${json}`).join(',')}}`,
        meant: Object.fromEntries(members.map(([key, { meant }]) => [key, meant])),
      })),
  ),
}))

describe('numbers as text', () => {
  it('have the digits of the row at any depth, and everything else is unchanged', () => {
    fc.assert(
      fc.property(value, ({ json, meant }) => {
        expect(JSON.parse(numberTexts(json))).toEqual(meant)
      }),
      { numRuns: 2_000 },
    )
  })

  it('have the same values as the numbers, read exactly', () => {
    const row = '{"cost":0.000416666666666667000,"n":-1E-06,"id":23467313421,"tags":"{\\"a\\":1}"}'
    const exact = parseExactly(row) as Record<string, unknown>
    const asText = JSON.parse(numberTexts(row)) as Record<string, unknown>
    for (const [name, found] of Object.entries(exact)) {
      expect(asText[name]).toBe(found instanceof NumberText ? found.text : found)
    }
  })
})
