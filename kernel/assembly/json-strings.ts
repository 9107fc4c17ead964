/** Writes the text of CSV fields as JSON strings. */
import { BACKSLASH, COMMA, QUOTE, ZERO } from './bytes'

/** What the last text that was copied contains: nothing special, … */
export const PLAIN: u32 = 0
/** … a comma, … */
export const WITH_COMMA: u32 = 1
/** … or bytes that JSON escapes. */
export const ESCAPED: u32 = 2
export let copied: u32 = PLAIN

/**
 * Copies the text of a quoted field and escapes its quotes. Returns the position after it; up to fifteen more bytes are
 * overwritten.
 */
export function copyQuoted(target: u32, source: u32, length: u32): u32 {
  const quote = i8x16.splat(QUOTE)
  const backslash = i8x16.splat(BACKSLASH)
  const zero = i8x16.splat(0)
  copied = PLAIN
  let carry = zero // all ones if the byte before is the first quote of a pair
  for (let done: u32 = 0; done < length; done += 16) {
    const bytes = v128.load(source + done)
    const left = length - done
    const inside: i32 = left < 16 ? (1 << left) - 1 : 0xffff
    const isQuote = i8x16.eq(bytes, quote)
    const odd = v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, backslash))
    if (i8x16.bitmask(odd) & inside) return copyEscaped(target, source, length, true)
    const quotes = i8x16.bitmask(isQuote) & inside
    if (quotes === 0) {
      v128.store(target + done, bytes)
      const commas = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(COMMA))) & inside
      if (commas !== 0) copied |= WITH_COMMA
      continue
    }
    copied |= ESCAPED
    // The first quote of each pair becomes a backslash: the number of quotes up to it is odd.
    let odds = isQuote
    odds = v128.xor(odds, shifted1(odds))
    odds = v128.xor(odds, shifted2(odds))
    odds = v128.xor(odds, shifted4(odds))
    odds = v128.xor(odds, shifted8(odds))
    odds = v128.xor(odds, carry)
    v128.store(target + done, v128.bitselect(backslash, bytes, v128.and(isQuote, odds)))
    carry = i8x16.splat(i8x16.extract_lane_s(odds, 15) as i8)
  }
  return target + length
}

/** Copies text byte by byte and escapes it. `isDoubled`: its quotes are doubled. */
export function copyEscaped(target: u32, source: u32, length: u32, isDoubled: bool): u32 {
  copied = ESCAPED
  const end = source + length
  while (source < end) {
    const byte = load<u8>(source++)
    if (byte === QUOTE || byte === BACKSLASH) {
      store<u8>(target++, BACKSLASH)
      if (isDoubled && byte === QUOTE) source++
    } else if (byte < 0x20) {
      target = putControl(target, byte)
      continue
    }
    store<u8>(target++, byte)
  }
  return target
}

/** True if the text of an unquoted field has a byte that JSON escapes. */
export function needsEscapes(source: u32, length: u32): bool {
  for (let pos = source; pos < source + length; pos++) {
    const byte = load<u8>(pos)
    if (byte < 0x20 || byte === BACKSLASH) return true
  }
  return false
}

function putControl(target: u32, byte: u8): u32 {
  store<u8>(target, BACKSLASH)
  const letter = letterOf(byte)
  if (letter !== 0) {
    store<u8>(target + 1, letter)
    return target + 2
  }
  store<u8>(target + 1, 0x75)
  store<u16>(target + 2, 0x3030)
  store<u8>(target + 4, ZERO + (byte >> 4))
  const low = byte & 15
  store<u8>(target + 5, low < 10 ? ZERO + low : 0x57 + low)
  return target + 6
}

function letterOf(byte: u8): u8 {
  switch (byte) {
    case 0x08:
      return 0x62
    case 0x09:
      return 0x74
    case 0x0a:
      return 0x6e
    case 0x0c:
      return 0x66
    case 0x0d:
      return 0x72
    default:
      return 0
  }
}

/** Shifts the bytes to higher positions and fills with zeros. */
function shifted1(bytes: v128): v128 {
  return i8x16.shuffle(bytes, i8x16.splat(0), 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
}

function shifted2(bytes: v128): v128 {
  return i8x16.shuffle(bytes, i8x16.splat(0), 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
}

function shifted4(bytes: v128): v128 {
  return i8x16.shuffle(bytes, i8x16.splat(0), 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
}

function shifted8(bytes: v128): v128 {
  return i8x16.shuffle(
    bytes,
    i8x16.splat(0),
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    16,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
  )
}
