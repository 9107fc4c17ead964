import { describe, expect, it } from 'vitest'
import { sumTexts } from '../../../shared/rows/decimal.ts'

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

  it('of a decimal that would need more than 100 digits is a named error', () => {
    expect(sumTexts(['1E+99'])).toBe(`1${'0'.repeat(99)}`)
    for (const text of ['1E+100', '1E-100', '9'.repeat(101), '1E+400000000']) {
      expect(() => sumTexts([text])).toThrow(expect.objectContaining({ code: 'DECIMAL_TOO_LONG' }))
    }
  })
})
