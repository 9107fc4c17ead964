/**
 * Exact sums of decimals given as text. A decimal is a BigInt mantissa and a scale (digits after the decimal
 * point); floats only hold values that they represent exactly.
 */
import { ArchiveError } from '../../errors.ts'
import { MAX_DECIMAL_DIGITS, MAX_TERM_DIGITS } from '../limits.ts'

/** A running exact sum. */
export interface DecimalSum {
  /**
   * Per scale, the sum of small mantissas: integers below 2^53, so the double is exact. It is moved into
   * `large` before it could exceed that bound.
   */
  readonly small: Float64Array
  /** Everything else, as mantissa × 10^-scale. */
  large: bigint
  largeScale: number
}

/** Scales below this have a small sum. */
export const SMALL_SCALES = 32
const SMALL_DIGITS = 15
/** Mantissas up to this can be added to a small sum without losing exactness. */
export const SMALL_LIMIT = 2 ** 52

export function decimalSum(): DecimalSum {
  return { small: new Float64Array(SMALL_SCALES), large: 0n, largeScale: 0 }
}

/**
 * Adds the JSON number at `bytes[start..end)`, e.g. `-1.50` or `1E-06`. Returns false, without adding, if
 * plain notation would need more than 100 digits; such numbers are left out of all sums.
 */
export function addNumber(sum: DecimalSum, bytes: Uint8Array, start: number, end: number): boolean {
  let pos = start
  const negative = bytes[pos] === 0x2d
  if (negative) pos++
  let mantissa = 0
  let digits = 0
  let scale = 0
  let point = false
  for (; pos < end; pos++) {
    const byte = bytes[pos] as number
    if (byte === 0x2e) {
      point = true
    } else if (byte <= 0x39 && byte >= 0x30) {
      mantissa = mantissa * 10 + (byte - 0x30)
      if (mantissa !== 0) digits++
      if (point) scale++
    } else {
      break // an exponent
    }
  }
  if (pos !== end || digits > SMALL_DIGITS || scale >= SMALL_SCALES) {
    return addText(
      sum,
      Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
    )
  }
  addSmall(sum, negative ? -mantissa : mantissa, scale)
  return true
}

/** Adds mantissa × 10^-scale, for an integer mantissa up to 2^52 and a scale below {@link SMALL_SCALES}. */
export function addSmall(sum: DecimalSum, mantissa: number, scale: number): void {
  const total = (sum.small[scale] as number) + mantissa
  if (total > SMALL_LIMIT || total < -SMALL_LIMIT) {
    addScaled(sum, BigInt(total), scale)
    sum.small[scale] = 0
  } else {
    sum.small[scale] = total
  }
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * Adds a number given as text. Returns false, without adding, if plain notation would need more than
 * `maxDigits`. Throws `FORMAT_INVALID` if it is not a number.
 */
export function addText(sum: DecimalSum, text: string, maxDigits = MAX_DECIMAL_DIGITS): boolean {
  const match = NUMBER.exec(text)
  if (!match) throw new ArchiveError('FORMAT_INVALID', `not a decimal: ${text.slice(0, 40)}`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  // No pattern here: matching trailing zeros with one takes quadratic time.
  let [first, last] = [0, all.length]
  while (all[first] === '0') first++
  if (first === last) return true
  while (all[last - 1] === '0') last--
  const scale = fraction.length - (all.length - last) - Number(exponent)
  const before = Math.max(last - first - scale, 1)
  if (Math.max(scale, 0) + before > maxDigits) return false
  addScaled(sum, BigInt(sign + all.slice(first, last)), scale)
  return true
}

/** True if `text` can be summed; false if sums leave it out. */
export function isSummable(text: string): boolean {
  return addText(decimalSum(), text)
}

/** Adds `other` to `sum`. */
export function addSum(sum: DecimalSum, other: DecimalSum): void {
  for (let scale = 0; scale < SMALL_SCALES; scale++) {
    const value = other.small[scale] as number
    if (value !== 0) addScaled(sum, BigInt(value), scale)
  }
  addScaled(sum, other.large, other.largeScale)
}

/** The sum in plain notation: no exponent, no trailing zeros, no `-0`. */
export function formatSum(sum: DecimalSum): string {
  const total = decimalSum()
  addSum(total, sum)
  return formatScaled(total.large, total.largeScale)
}

/**
 * Exact sum of decimals in plain or scientific notation, in plain notation. A sum may be longer than any
 * value of a row. Numbers that no sum of values can reach, e.g. with an exponent that means megabytes of
 * zeros, are rejected with `FORMAT_INVALID`.
 */
export function sumTexts(texts: Iterable<string>): string {
  const sum = decimalSum()
  for (const text of texts) {
    if (addText(sum, text, MAX_TERM_DIGITS)) continue
    throw new ArchiveError(
      'FORMAT_INVALID',
      `a decimal beyond any possible sum: ${text.slice(0, 40)}`,
    )
  }
  return formatSum(sum)
}

/** Adds mantissa × 10^-scale. */
export function addScaled(sum: DecimalSum, mantissa: bigint, scale: number): void {
  if (mantissa === 0n) return
  if (scale > sum.largeScale) {
    sum.large = sum.large * 10n ** BigInt(scale - sum.largeScale) + mantissa
    sum.largeScale = scale
  } else {
    sum.large += mantissa * 10n ** BigInt(sum.largeScale - scale)
  }
}

function formatScaled(mantissa: bigint, scale: number): string {
  const negative = mantissa < 0n
  const digits = (negative ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  let last = digits.length
  while (last > whole.length && digits[last - 1] === '0') last--
  const fraction = digits.slice(whole.length, last)
  const text = fraction === '' ? whole : `${whole}.${fraction}`
  return negative ? `-${text}` : text
}
