/** Compares numbers given as text by exact value, with work bounded by their digits, whatever the exponent. */

export interface ExactNumber {
  readonly sign: -1 | 0 | 1
  /** Significant digits, without zeros at either end; none for zero. */
  readonly digits: string
  /** The power of ten of the first digit: 2 for 123.4, -3 for 0.00123. */
  readonly magnitude: number
}

/** JSON numbers, and other forms that programs print: `.5`, `1.`, `+1`, `1e-05`. */
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** No text has this many digits, so beyond this exponents need no exact value to be distinguished. */
const FAR = 1e15

const ZERO: ExactNumber = { sign: 0, digits: '', magnitude: 0 }

/** Parses the number `text`; null if it is not a number. */
export function exactNumber(text: string): ExactNumber | null {
  const match = NUMBER.exec(text)
  if (match === null) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  if (all === '') return null
  // A loop, because a pattern like /0+$/ takes quadratic time on a long number.
  let first = 0
  while (first < all.length && all[first] === '0') first++
  if (first === all.length) return ZERO
  let end = all.length
  while (all[end - 1] === '0') end--
  const far = Math.max(-FAR, Math.min(FAR, Number(exponent)))
  return {
    sign: sign === '-' ? -1 : 1,
    digits: all.slice(first, end),
    magnitude: whole.length - first - 1 + far,
  }
}

/** -1, 0 or 1 if `a` is less than, equal to or more than `b`: by sign, by magnitude, then by digits. */
export function compareExact(a: ExactNumber, b: ExactNumber): number {
  if (a.sign !== b.sign) return a.sign < b.sign ? -1 : 1
  if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -a.sign : a.sign
  if (a.digits === b.digits) return 0
  // Without zeros at their ends, digits of the same magnitude sort like their texts.
  return a.digits < b.digits ? -a.sign : a.sign
}

/**
 * The number in plain notation: no exponent, no trailing zeros, no `-0`. Null if that would take more than
 * `maxDigits` digits.
 */
export function plainNotation(
  { sign, digits, magnitude }: ExactNumber,
  maxDigits: number,
): string | null {
  if (sign === 0) return '0'
  const wholeDigits = Math.max(magnitude + 1, 0)
  const scale = Math.max(digits.length - 1 - magnitude, 0)
  if (Math.max(wholeDigits, 1) + scale > maxDigits) return null
  const whole = digits.slice(0, wholeDigits).padEnd(wholeDigits, '0') || '0'
  const fraction = scale === 0 ? '' : `.${digits.slice(wholeDigits).padStart(scale, '0')}`
  return `${sign < 0 ? '-' : ''}${whole}${fraction}`
}
