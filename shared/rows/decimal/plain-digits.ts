/** Writes out an exponent by moving the decimal point; every digit is kept. */

const WITH_EXPONENT = /^([+-]?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/

/**
 * The number `text` in plain notation, with all of its digits: `1.50E-2` is `0.0150`, `-2e3` is `-2000`. Null
 * where it has no exponent, is not a number, or would have more than `maxDigits` digits.
 */
export function plainDigits(text: string, maxDigits: number): string | null {
  const match = WITH_EXPONENT.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const before = Math.max(point, 1)
  const behind = Math.max(digits.length - point, 0)
  // Checked before building the text, because an exponent may have any size.
  if (before + behind > maxDigits) return null
  const all = digits.padStart(digits.length + Math.max(1 - point, 0), '0').padEnd(before, '0')
  const wholePart = all.slice(0, all.length - behind).replace(/^0+(?=\d)/, '')
  return `${sign}${wholePart}${behind === 0 ? '' : `.${all.slice(all.length - behind)}`}`
}
