import { MINUS, SLASH, ZERO } from './bytes'
import { daysOf, NO_DIGITS, twoDigits } from './dates'

const SPACE: u8 = 0x20

/**
 * The day, as yyyymmdd, at the beginning of the text: `yyyy-MM-dd`, or `M/d/yyyy` with an optional time after it, as in
 * `shared/rows/scan/usage-day.ts`. 0 if it is not a day.
 */
export function dayIn(start: u32, end: u32): u32 {
  const length = end - start
  if (length >= 10 && load<u8>(start + 4) === MINUS) return isoDay(start, length)
  const month = digitsAt(start, end)
  const dayStart = start + month + 1
  const day = digitsAt(dayStart, end)
  const yearStart = dayStart + day + 1
  const yearEnd = yearStart + 4
  if (month - 1 > 1 || day - 1 > 1 || yearEnd > end) return 0
  if (load<u8>(dayStart - 1) !== SLASH || load<u8>(yearStart - 1) !== SLASH) return 0
  if (yearEnd < end && load<u8>(yearEnd) !== SPACE) return 0
  return dayOf(
    twoDigits(yearStart) * 100 + twoDigits(yearStart + 2),
    oneOrTwo(start, month),
    oneOrTwo(dayStart, day),
  )
}

function isoDay(start: u32, length: u32): u32 {
  if (load<u8>(start + 7) !== MINUS) return 0
  if (length > 10 && load<u8>(start + 10) - ZERO < 10) return 0
  const year = twoDigits(start) * 100 + twoDigits(start + 2)
  return dayOf(year, twoDigits(start + 5), twoDigits(start + 8))
}

/** Number of digits at `pos`, at most three. */
function digitsAt(pos: u32, end: u32): u32 {
  let count: u32 = 0
  while (count < 3 && pos + count < end && load<u8>(pos + count) - ZERO < 10) count++
  return count
}

function oneOrTwo(pos: u32, digits: u32): u32 {
  return digits === 2 ? twoDigits(pos) : ((load<u8>(pos) - ZERO) as u32)
}

function dayOf(year: u32, month: u32, day: u32): u32 {
  if (year >= NO_DIGITS || month - 1 >= 12 || day - 1 >= daysOf(year, month)) return 0
  return year * 10_000 + month * 100 + day
}
