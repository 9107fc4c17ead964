import { describe, expect, it } from 'vitest'
import {
  addNumber,
  decimalSum,
  formatSum,
  sumTexts,
} from '../../../../shared/rows/decimal/decimal.ts'

describe('a sum', () => {
  it.each([
    [[], '0'],
    [['-0'], '0'],
    [['0.000416666666666667000'], '0.000416666666666667'],
    [['1E-06', '1e-6'], '0.000002'],
    [['100.00'], '100'],
    [['1E+3', '-3.5'], '996.5'],
    [['0.1', '0.2'], '0.3'],
    [['5', '-5.000'], '0'],
    [['-0.5', '0.25'], '-0.25'],
  ])('of %j is %s: plain notation, no trailing zeros, no -0', (texts, sum) => {
    expect(sumTexts(texts)).toBe(sum)
  })

  it('may be longer than any value of a row', () => {
    expect(sumTexts(['1E+99', '1E-99'])).toBe(`1${'0'.repeat(99)}.${'0'.repeat(98)}1`)
    expect(sumTexts(['9'.repeat(100), '9'.repeat(100)])).toBe(`1${'9'.repeat(99)}8`)
    expect(sumTexts(['9'.repeat(220), '1'])).toBe(`1${'0'.repeat(220)}`)
  })

  it('of numbers with megabytes of digits is a named error', () => {
    for (const text of ['1E+400000000', '1e-999999999999999999999', '9'.repeat(10_001)]) {
      expect(() => sumTexts([text])).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }))
    }
  })

  it('leaves out a value that would need more than 100 digits, and reports it', () => {
    for (const text of ['1E+100', '4.9E-324', '1E400', '1E-100', '9'.repeat(101), '-1e999999999']) {
      const sum = decimalSum()
      const bytes = Buffer.from(text)
      expect(addNumber(sum, bytes, 0, bytes.length), text).toBe(false)
      expect(formatSum(sum)).toBe('0')
    }
    for (const text of ['1E+99', '1E-99', '9'.repeat(100), `0.${'0'.repeat(200)}`, '0e999999999']) {
      const bytes = Buffer.from(text)
      expect(addNumber(decimalSum(), bytes, 0, bytes.length), text).toBe(true)
    }
  })
})
