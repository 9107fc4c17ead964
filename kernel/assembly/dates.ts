import { MINUS, QUOTE, ZERO } from './bytes'

/** The value is not an ISO date: the row needs the slow path. */
export const NOT_ISO: u32 = u32.MAX_VALUE

/**
 * The usage date in the field at `field`, e.g. `2018-08-01T00:00:00`, as 20180801; 0 for null and missing.
 */
export function dateAt(field: u32): u32 {
  const start = load<u32>(field)
  const length = load<u32>(field + 4)
  if (length === 0) return 0
  // A string with a comma begins at its quote; one with escapes has them in the top bits of its length.
  if (length < 10 || length > MAX_LENGTH || load<u8>(start - 1) !== QUOTE) return NOT_ISO
  if (load<u8>(start + 10) - ZERO < 10) return NOT_ISO
  if (load<u8>(start + 4) !== MINUS || load<u8>(start + 7) !== MINUS) return NOT_ISO
  const month = twoDigits(start + 5)
  const day = twoDigits(start + 8)
  const year = twoDigits(start) * 100 + twoDigits(start + 2)
  if (year >= NO_DIGITS || month - 1 >= 12 || day - 1 >= daysOf(year, month)) return NOT_ISO
  return year * 10_000 + month * 100 + day
}

const MAX_LENGTH: u32 = (1 << 30) - 1

/** More than any two digits, or any four made from them, can reach. */
export const NO_DIGITS: u32 = 10_000

export function twoDigits(pos: u32): u32 {
  const tens = load<u8>(pos) - ZERO
  const ones = load<u8>(pos + 1) - ZERO
  return tens > 9 || ones > 9 ? NO_DIGITS : (tens as u32) * 10 + (ones as u32)
}

export function daysOf(year: u32, month: u32): u32 {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
