import { DOT, MINUS, ZERO } from './bytes'
import { MAX_SCALE } from './memory'

/** A number is added as two limbs, its first digits and the rest, each far below 2^63. */
const LIMB_DIGITS: u32 = 12
/** Above this, the host must take the sums before another row is added. */
const NEARLY_FULL: i64 = 1 << 61

/** True once a sum has no room for another row: see {@link NEARLY_FULL}. */
export let sumsAreFull: bool = false

export function sumsAreEmpty(): void {
  sumsAreFull = false
}

/**
 * Records at `pending` what the (valid) number at `start` adds to the sums at `sums`. False if it has over 24
 * digits or a scale without a sum: the row then needs the slow path.
 */
export function readNumber(pending: u32, sums: u32, start: u32, length: u32): bool {
  const end = start + length
  const negative = load<u8>(start) === MINUS
  const first = negative ? start + 1 : start
  let head: i64 = 0
  let tail: i64 = 0
  let digits: u32 = 0
  let dot: u32 = 0
  let pos = first
  for (; pos < end; pos++) {
    const digit = load<u8>(pos) - ZERO
    if (digit <= 9) {
      if (digits < LIMB_DIGITS) head = head * 10 + (digit as i64)
      else tail = tail * 10 + (digit as i64)
      digits++
      if (digits > 2 * LIMB_DIGITS) return false
    } else if (digit + ZERO === DOT) {
      dot = pos
    } else {
      break
    }
  }
  let scale: i32 = dot === 0 ? 0 : ((pos - dot - 1) as i32)
  if (pos < end) {
    const exponent = exponentAt(pos + 1, end)
    if (exponent === TOO_LARGE) return false
    scale -= exponent
  }
  // The first limb is a separate number with a smaller scale.
  const headScale = digits > LIMB_DIGITS ? scale - ((digits - LIMB_DIGITS) as i32) : scale
  if (headScale < 0 || scale >= (MAX_SCALE as i32)) return false
  store<u32>(pending, sums + (headScale as u32) * 8)
  store<u32>(pending + 4, sums + (scale as u32) * 8)
  store<i64>(pending + 8, negative ? -head : head)
  store<i64>(pending + 16, negative ? -tail : tail)
  return true
}

/** Adds what {@link readNumber} recorded. */
export function addPending(pending: u32): void {
  const sum = load<u32>(pending)
  if (sum === 0) return
  add(sum, load<i64>(pending + 8))
  add(load<u32>(pending + 4), load<i64>(pending + 16))
}

function add(at: u32, value: i64): void {
  const sum = load<i64>(at) + value
  store<i64>(at, sum)
  if (sum > NEARLY_FULL || sum < -NEARLY_FULL) sumsAreFull = true
}

const TOO_LARGE: i32 = i32.MAX_VALUE

function exponentAt(pos: u32, end: u32): i32 {
  const sign = load<u8>(pos)
  if (sign === 0x2b || sign === MINUS) pos++
  if (end - pos > 4) return TOO_LARGE
  let exponent: i32 = 0
  for (; pos < end; pos++) exponent = exponent * 10 + ((load<u8>(pos) - ZERO) as i32)
  return sign === MINUS ? -exponent : exponent
}
