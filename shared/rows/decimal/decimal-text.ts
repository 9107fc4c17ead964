/** Arithmetic on decimals as text: exact, or rounded where documented. */
import { ArchiveError } from '../../errors.ts'
import { MAX_TERM_DIGITS } from '../limits.ts'
import { compareExact, type ExactNumber, exactNumber, plainNotation } from './exact-number.ts'

/** `a - b`, exactly. */
export function difference(a: string, b: string): string {
  const [left, right] = [plain(a), plain(b)]
  const scale = Math.max(scaleOf(left), scaleOf(right))
  return fromScaled(scaledTo(left, scale) - scaledTo(right, scale), scale)
}

export function negated(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}

export function magnitude(text: string): string {
  return text.startsWith('-') ? text.slice(1) : text
}

/** -1, 0 or 1 if `a` is less than, equal to or more than `b`, for numbers of any size. */
export function compareDecimals(a: string, b: string): number {
  return compareExact(numberIn(a), numberIn(b))
}

/** Rounds to `digits` after the decimal point, half away from zero, like amounts on invoices. */
export function rounded(text: string, digits: number): string {
  const exact = plain(text)
  const cut = scaleOf(exact) - digits
  if (cut <= 0) return exact
  const all = scaledTo(magnitude(exact), scaleOf(exact))
  const unit = 10n ** BigInt(cut)
  const kept = (all * 2n + unit) / (unit * 2n)
  return fromScaled(exact.startsWith('-') ? -kept : kept, digits)
}

/** Digits after the decimal point in a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorUnits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    return format.resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2 // not a currency code: most have two
  }
}

function numberIn(text: string): ExactNumber {
  const number = exactNumber(text)
  if (number !== null) return number
  throw new ArchiveError('FORMAT_INVALID', `not a decimal: ${text.slice(0, 40)}`)
}

function plain(text: string): string {
  const found = plainNotation(numberIn(text), MAX_TERM_DIGITS)
  if (found !== null) return found
  throw new ArchiveError(
    'FORMAT_INVALID',
    `a decimal of more than ${MAX_TERM_DIGITS} digits: ${text.slice(0, 40)}`,
  )
}

/** Digits after the decimal point of a decimal in plain notation. */
function scaleOf(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}

/** A decimal in plain notation × 10^scale, for a scale that is at least its own. */
function scaledTo(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '')) * 10n ** BigInt(scale - scaleOf(text))
}

function fromScaled(mantissa: bigint, scale: number): string {
  return plain(`${mantissa}e-${scale}`)
}
