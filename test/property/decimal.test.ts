import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addNumber,
  addSum,
  addText,
  decimalSum,
  formatSum,
} from '../../shared/rows/decimal/decimal.ts'

/** A JSON number's text with its value as mantissa × 10^-60. */
const number = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }),
    fc.integer({ min: 0, max: 20 }),
    fc.option(fc.integer({ min: -18, max: 12 }), { nil: null }),
  )
  .map(([mantissa, places, exponent]) => {
    const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(places + 1, '0')
    const whole = digits.slice(0, digits.length - places)
    const fraction = places === 0 ? '' : `.${digits.slice(digits.length - places)}`
    const text = `${mantissa < 0n ? '-' : ''}${whole}${fraction}${exponent === null ? '' : `E${exponent}`}`
    return { text, scaled: mantissa * 10n ** BigInt(60 - places + (exponent ?? 0)) }
  })

function plain(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(61, '0')
  const fraction = digits.slice(-60).replace(/0+$/, '')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -60)}${fraction === '' ? '' : `.${fraction}`}`
}

describe('sums of decimals', () => {
  it('are exact, in any spelling and grouping', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 30 }), fc.nat(30), (numbers, cut) => {
        const groups = [numbers.slice(0, cut), numbers.slice(cut)].map((group) => {
          const sum = decimalSum()
          for (const { text } of group) {
            const bytes = Buffer.from(`:${text},`)
            addNumber(sum, bytes, 1, bytes.length - 1)
          }
          return sum
        })
        const total = decimalSum()
        for (const group of groups) addSum(total, group)
        expect(formatSum(total)).toBe(plain(numbers.reduce((sum, { scaled }) => sum + scaled, 0n)))
      }),
      { numRuns: 3_000 },
    )
  })

  it('stay exact past 2^53, where a float would not', () => {
    const sum = decimalSum()
    for (let i = 0; i < 20_000; i++) addText(sum, '999999999999.999')
    const bytes = Buffer.from('999999999999.999')
    for (let i = 0; i < 20_000; i++) addNumber(sum, bytes, 0, bytes.length)
    expect(formatSum(sum)).toBe('39999999999999960')
  })
})
