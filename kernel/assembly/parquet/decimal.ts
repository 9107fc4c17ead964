/** Reads JSON numbers as DECIMAL(38,18). */
import { DOT, MINUS, ZERO } from '../bytes'
import { VALUE } from './memory'

/** The value is exactly that of the text. */
export const EXACTLY: u32 = 0
/** The number has more than 18 decimal places, so the value is rounded, half to even. */
export const ROUNDED: u32 = 1
/** There is no value: the text is no number, or has more than 20 digits before the point. */
export const NO_VALUE: u32 = 2

const SCALE: i64 = 18
const WHOLE_DIGITS: i64 = 20
/** Digits that fit into 64 bits. */
const LIMB_DIGITS: i64 = 19
/** Larger exponents are treated as this one: no text is long enough for it to matter. */
const FAR: i64 = 1_000_000_000

const POWERS: StaticArray<u64> = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
  1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
  10_000_000_000_000_000_000,
]
/** 10^38, the smallest number with too many digits. */
const LIMIT_HIGH: u64 = 0x4b3b4ca85a86c47a
const LIMIT_LOW: u64 = 0x098a224000000000

let high: u64 = 0
let low: u64 = 0

/** Writes the value to {@link VALUE}, as 16 bytes, big-endian. Returns how it relates to the text. */
export function readDecimal(start: u32, length: u32): u32 {
  const end = start + length
  const isNegative = load<u8>(start) === MINUS
  const first = isNegative ? start + 1 : start
  // Digits, optionally a point and digits, optionally an exponent.
  let pos = digitsFrom(first, end)
  const whole = pos - first
  if (whole === 0 || (whole > 1 && load<u8>(first) === ZERO)) return NO_VALUE
  if (pos < end && load<u8>(pos) === DOT) {
    const fraction = pos + 1
    pos = digitsFrom(fraction, end)
    if (pos === fraction) return NO_VALUE
  }
  const digitsEnd = pos
  let exponent: i64 = 0
  if (pos < end) {
    if ((load<u8>(pos) | 0x20) !== 0x65) return NO_VALUE
    pos++
    const sign = pos < end ? load<u8>(pos) : 0
    if (sign === MINUS || sign === 0x2b) pos++
    if (pos === end || digitsFrom(pos, end) !== end) return NO_VALUE
    for (; pos < end; pos++) exponent = min(exponent * 10 + ((load<u8>(pos) - ZERO) as i64), FAR)
    if (sign === MINUS) exponent = -exponent
  }
  const said = readDigits(first, digitsEnd, (whole as i64) + exponent)
  if (said === NO_VALUE) return NO_VALUE
  if (isNegative) {
    low = ~low + 1
    high = ~high + (low === 0 ? 1 : 0)
  }
  store<u64>(VALUE, bswap(high))
  store<u64>(VALUE, bswap(low), 8)
  return said
}

function digitsFrom(pos: u32, end: u32): u32 {
  while (pos < end && load<u8>(pos) - ZERO < 10) pos++
  return pos
}

/** Sets {@link high} and {@link low}. `point`: the number of digits before the decimal point; may be negative, or more than there are. */
function readDigits(start: u32, end: u32, point: i64): u32 {
  high = 0
  low = 0
  while (start < end && (load<u8>(start) === ZERO || load<u8>(start) === DOT)) {
    if (load<u8>(start) === ZERO) point--
    start++
  }
  if (start === end) return EXACTLY
  if (point > WHOLE_DIGITS) return NO_VALUE
  const kept = point + SCALE
  let head: u64 = 0
  let tail: u64 = 0
  let digits: i64 = 0
  let firstCut: u64 = 0
  let isMore = kept < 0
  for (let pos = start; pos < end; pos++) {
    const digit = (load<u8>(pos) - ZERO) as u64
    if (digit > 9) continue // the point
    if (digits < kept) {
      if (digits < LIMB_DIGITS) head = head * 10 + digit
      else tail = tail * 10 + digit
    } else if (digits === kept) {
      firstCut = digit
    } else if (digit !== 0) {
      isMore = true
    }
    digits++
  }
  const headDigits = max(min(kept, LIMB_DIGITS), 0)
  const tailDigits = max(kept - LIMB_DIGITS, 0)
  head *= power(headDigits - min(digits, headDigits))
  tail *= power(tailDigits - max(min(digits - LIMB_DIGITS, tailDigits), 0))
  multiply(head, power(tailDigits))
  add(tail)
  if (firstCut === 0 && !isMore) return EXACTLY
  if (firstCut > 5 || (firstCut === 5 && (isMore || (low & 1) === 1))) add(1)
  return high === LIMIT_HIGH && low === LIMIT_LOW ? NO_VALUE : ROUNDED
}

function power(exponent: i64): u64 {
  return unchecked(POWERS[exponent as i32])
}

/** Sets {@link high} and {@link low} to the product. */
function multiply(a: u64, b: u64): void {
  const a0 = a & 0xffffffff
  const a1 = a >> 32
  const b0 = b & 0xffffffff
  const b1 = b >> 32
  const low0 = a0 * b0
  const middle = a1 * b0 + (low0 >> 32)
  const carry = a0 * b1 + (middle & 0xffffffff)
  low = (carry << 32) | (low0 & 0xffffffff)
  high = a1 * b1 + (middle >> 32) + (carry >> 32)
}

function add(term: u64): void {
  low += term
  if (low < term) high++
}
