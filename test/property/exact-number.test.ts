/** Numbers as text, compared with BigInts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDecimals, difference, rounded } from '../../shared/rows/decimal/decimal-text.ts'
import { exactNumber, plainNotation } from '../../shared/rows/decimal/exact-number.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 500)
const SCALE = 60

/** A number in various spellings, with its value × 10^60. */
const number = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.stringMatching(/^[0-9]{0,12}$/),
    fraction: fc.option(fc.stringMatching(/^[0-9]{0,12}$/), { nil: null }),
    exponent: fc.option(fc.integer({ min: -30, max: 30 }), { nil: null }),
    e: fc.constantFrom('e', 'E', 'e+0', 'E00'),
  })
  .filter(({ whole, fraction }) => whole + (fraction ?? '') !== '')
  .map(({ sign, whole, fraction, exponent, e }) => {
    const digits = BigInt(whole + (fraction ?? ''))
    const shift = SCALE - (fraction ?? '').length + (exponent ?? 0)
    const power =
      exponent === null ? '' : exponent < 0 ? `${e.charAt(0)}${exponent}` : `${e}${exponent}`
    const text = `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power}`
    return { text, value: (sign === '-' ? -digits : digits) * 10n ** BigInt(shift) }
  })

const valueOf = (plain: string): bigint => {
  const [whole = '', fraction = ''] = plain.split('.')
  return BigInt(whole + fraction) * 10n ** BigInt(SCALE - fraction.length)
}

describe('numbers as text', () => {
  it('have the order of their values, and one plain notation', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0
        expect(compareDecimals(a.text, b.text)).toBe(order)
        const [left, right] = [a, b].map(({ text }) => {
          const found = exactNumber(text)
          return found === null ? null : plainNotation(found, 200)
        })
        expect(valueOf(left ?? '')).toBe(a.value)
        expect(left).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
        expect(left === right).toBe(order === 0)
      }),
      { numRuns: RUNS },
    )
  })

  it('are subtracted exactly, and rounded to the nearest', () => {
    fc.assert(
      fc.property(number, number, fc.nat({ max: 4 }), (a, b, digits) => {
        expect(valueOf(difference(a.text, b.text))).toBe(a.value - b.value)
        const unit = 10n ** BigInt(SCALE - digits)
        const off = valueOf(rounded(a.text, digits)) - a.value
        expect((off < 0n ? -off : off) * 2n <= unit).toBe(true)
        expect(valueOf(rounded(a.text, digits)) % unit).toBe(0n)
      }),
      { numRuns: RUNS },
    )
  })

  it('of any exponent are compared quickly, without writing them out', () => {
    const far = [
      '-1e99999999999999999999',
      '-1e400',
      '-1e-400',
      '0e999999999',
      '1e-99999999999999999999',
    ].concat('1e-400', '5e-324', '1e400', '9.99e400', '1e999999999', '1e99999999999999999999')
    for (const [i, a] of far.entries()) {
      for (const [j, b] of far.entries()) expect(compareDecimals(a, b)).toBe(Math.sign(i - j))
    }
    const found = exactNumber('1e999999999')
    expect(found && plainNotation(found, 100)).toBeNull()
    expect(() => difference('1e999999999', '1')).toThrow('digits')
    const long = exactNumber(`${'0'.repeat(500_000)}1${'0'.repeat(500_000)}`)
    expect(long).toEqual({ sign: 1, digits: '1', magnitude: 500_000 })
  })

  it('are not parsed from other texts', () => {
    for (const text of [
      '',
      '.',
      '-',
      '+.',
      'e5',
      '1e',
      '1,5',
      '0x1',
      'NaN',
      'Infinity',
      ' 1',
      '1 ',
    ]) {
      expect(exactNumber(text)).toBeNull()
    }
  })
})
