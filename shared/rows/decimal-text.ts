/** Arithmetic on decimals that are given, and given back, as text: exact, or rounded where it says so. */
import { sumTexts } from './decimal.ts'

/** `a - b`, exactly. */
export function difference(a: string, b: string): string {
  return sumTexts([a, negated(b)])
}

export function negated(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}

export function magnitude(text: string): string {
  return text.startsWith('-') ? text.slice(1) : text
}

/** -1, 0 or 1, as `a` is less than, equal to or more than `b`. */
export function compareDecimals(a: string, b: string): number {
  const left = difference(a, b)
  if (left === '0') return 0
  return left.startsWith('-') ? -1 : 1
}

/** Rounded to `digits` behind the point, halves away from zero: as amounts on invoices are. */
export function rounded(text: string, digits: number): string {
  const plain = sumTexts([text])
  const isNegative = plain.startsWith('-')
  const [whole = '0', fraction = ''] = magnitude(plain).split('.')
  const kept = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  const up = fraction.charAt(digits) >= '5' ? 1n : 0n
  const all = (kept + up).toString().padStart(digits + 1, '0')
  const point = all.length - digits
  const result = digits === 0 ? all : `${all.slice(0, point)}.${all.slice(point)}`
  return sumTexts([isNegative ? `-${result}` : result])
}

/** Digits behind the point that a currency has (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorUnits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    return format.resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2 // not a currency's code: most have two
  }
}
