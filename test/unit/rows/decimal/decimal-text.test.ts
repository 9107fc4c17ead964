import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareDecimals,
  difference,
  minorUnits,
  rounded,
} from '../../../../shared/rows/decimal/decimal-text.ts'

describe('decimals as text', () => {
  it.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['0.994', 2, '0.99'],
    ['0.004', 2, '0'],
    ['-0.004', 2, '0'],
    ['99.995', 2, '100'],
    ['1E-06', 2, '0'],
    ['1.5', 0, '2'],
    ['12345678901234567890.125', 2, '12345678901234567890.13'],
    ['7', 3, '7'],
  ])('%s with %s digits after the point: %s', (text, digits, expected) => {
    expect(rounded(text, digits)).toBe(expected)
  })

  it('are subtracted and compared without a float', () => {
    expect(difference('0.3', '0.1')).toBe('0.2')
    expect(difference('1', '1.0')).toBe('0')
    expect(compareDecimals('1e2', '99.999')).toBe(1)
    expect(compareDecimals('-2', '1')).toBe(-1)
  })

  it('are rounded to within half a unit', () => {
    const cents = fc.bigInt(-(10n ** 30n), 10n ** 30n)
    fc.assert(
      fc.property(cents, fc.integer({ min: 0, max: 6 }), (mantissa, digits) => {
        const sign = mantissa < 0n ? '-' : ''
        const all = String(mantissa < 0n ? -mantissa : mantissa).padStart(8, '0')
        const text = `${sign}${all.slice(0, -7)}.${all.slice(-7)}`
        const off = difference(rounded(text, digits), text).replace('-', '')
        expect(compareDecimals(off, `0.${'0'.repeat(digits)}5`)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('know the minor unit of a currency', () => {
    expect(['EUR', 'JPY', 'KWD', 'not one'].map(minorUnits)).toEqual([2, 0, 3, 2])
  })
})
