/** Reads usage dates as days since 1970. */
import { MINUS, SLASH } from '../bytes'
import { dayIn } from '../days'
import { VALUE } from './memory'

/** The text is a date, or midnight on it. */
export const EXACTLY: u32 = 0
/** The text has another time. */
export const WITH_TIME: u32 = 1
/** There is no value: the text is no date, or one before year 1, where SQL's dates begin. */
export const NO_VALUE: u32 = 2

const FIRST_DAY: u32 = 1_01_01
const COLON: u8 = 0x3a
const SPACE: u8 = 0x20
const T: u8 = 0x54
const Z: u8 = 0x5a
const DOT: u8 = 0x2e
const ZERO: u8 = 0x30
const ISO_LENGTH: u32 = 10

/** Writes the day to {@link VALUE}, as i32. Returns how it relates to the text. */
export function readDate(start: u32, length: u32): u32 {
  const end = start + length
  const day = dayIn(start, end)
  if (day < FIRST_DAY) return NO_VALUE
  store<i32>(VALUE, sinceEpoch(day))
  const isIso = length >= ISO_LENGTH && load<u8>(start + 4) === MINUS
  const rest = isIso ? start + ISO_LENGTH : yearEnd(start)
  return isMidnight(rest, end) ? EXACTLY : WITH_TIME
}

/** The position after the year of `M/d/yyyy`. */
function yearEnd(start: u32): u32 {
  let slashes: u32 = 0
  let pos = start
  while (slashes < 2) if (load<u8>(pos++) === SLASH) slashes++
  return pos + 4
}

/** True for no time, `T00:00:00` (also with `.000` or `Z`), ` 12:00:00 AM` and ` 0:00:00`. */
function isMidnight(pos: u32, end: u32): bool {
  if (pos === end) return true
  const separator = load<u8>(pos++)
  if (separator !== T && separator !== SPACE) return false
  if (end - pos === 11 && load<u64>(pos) === TWELVE && load<u32>(pos + 7) === AM) return true
  if (end - pos === 7 && load<u8>(pos) === ZERO && load<u8>(pos + 1) === COLON)
    pos-- // one digit of hours
  else if (!isZeros(pos, end)) return false
  if (end - pos < 8 || load<u8>(pos + 2) !== COLON) return false
  if (!isZeros(pos + 3, end) || load<u8>(pos + 5) !== COLON || !isZeros(pos + 6, end)) return false
  pos += 8
  if (pos < end && load<u8>(pos) === DOT) {
    const fraction = ++pos
    while (pos < end && load<u8>(pos) === ZERO) pos++
    if (pos === fraction) return false
  }
  if (pos < end && load<u8>(pos) === Z) pos++
  return pos === end
}

/** `12:00:00`, and `0 AM` from its last digit on. */
const TWELVE: u64 = 0x30303a30303a3231
const AM: u32 = 0x4d412030

function isZeros(pos: u32, end: u32): bool {
  return pos + 2 <= end && load<u16>(pos) === 0x3030
}

/** Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the last. */
function sinceEpoch(yyyymmdd: u32): i32 {
  const day = (yyyymmdd % 100) as i32
  const month = ((yyyymmdd / 100) % 100) as i32
  const year = ((yyyymmdd / 10_000) as i32) - (month <= 2 ? 1 : 0)
  const ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  const daysBefore = year * 365 + year / 4 - year / 100 + year / 400
  return daysBefore + ofYear - 719_468
}
