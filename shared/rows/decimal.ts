/**
 * Exact sums of decimals given as text. A decimal is a BigInt mantissa and a scale (digits behind the
 * point); no float ever holds a value that it can't hold exactly.
 */
import { ArchiveError } from '../errors.ts'
import { MAX_DECIMAL_DIGITS } from './limits.ts'

/** A running exact sum. */
export interface DecimalSum {
  /**
   * Per scale, the sum of small mantissas: integers that stay below 2^53, so the double is exact.
   * It is moved into `large` before it could pass that bound.
   */
  readonly small: Float64Array
  /** Everything else, as mantissa × 10^-scale. */
  large: bigint
  largeScale: number
}

/** Scales below this have a small sum. */
export const SMALL_SCALES = 32
const SMALL_DIGITS = 15
/** A mantissa up to this can be added to a small sum, which then is still exact. */
export const SMALL_LIMIT = 2 ** 52

export function decimalSum(): DecimalSum {
  return { small: new Float64Array(SMALL_SCALES), large: 0n, largeScale: 0 }
}

/**
 * Adds the JSON number at `bytes[start..end)`, e.g. `-1.50` or `1E-06`.
 * Throws `DECIMAL_TOO_LONG` where plain notation would need more than 100 digits.
 */
export function addNumber(sum: DecimalSum, bytes: Uint8Array, start: number, end: number): void {
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
    addText(
      sum,
      Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
    )
    return
  }
  addSmall(sum, negative ? -mantissa : mantissa, scale)
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

/** Adds a number given as text. Throws `DECIMAL_TOO_LONG`, or `FORMAT_INVALID` if it is none. */
export function addText(sum: DecimalSum, text: string): void {
  const match = NUMBER.exec(text)
  if (!match) throw new ArchiveError('FORMAT_INVALID', `not a decimal: ${text.slice(0, 40)}`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  const significant = all.replace(/^0+/, '')
  if (significant === '') return
  const trimmed = significant.replace(/0+$/, '')
  const scale = fraction.length - (significant.length - trimmed.length) - Number(exponent)
  const before = Math.max(trimmed.length - scale, 1)
  if (Math.max(scale, 0) + before > MAX_DECIMAL_DIGITS) {
    throw new ArchiveError(
      'DECIMAL_TOO_LONG',
      `a decimal needs more than ${MAX_DECIMAL_DIGITS} digits: ${text.slice(0, 40)}`,
    )
  }
  addScaled(sum, BigInt(sign + trimmed), scale)
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

/** Exact sum of decimals in plain or scientific notation, in plain notation. */
export function sumTexts(texts: Iterable<string>): string {
  const sum = decimalSum()
  for (const text of texts) addText(sum, text)
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
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  const text = fraction === '' ? whole : `${whole}.${fraction}`
  return negative ? `-${text}` : text
}
