import { BACKSLASH, COMMA, DOT, MINUS, QUOTE, ZERO } from './bytes'

/** Returned instead of a position if the row needs the slow path. */
export const FAILED: u32 = 0

/** How a scanned string is written to the CSV. */
export const PLAIN: u32 = 0
export const WITH_COMMA: u32 = 1
/** Escaped quotes, and no other escapes: as long in the CSV as in the JSON. */
export const ESCAPED_QUOTES: u32 = 2
export const ESCAPED: u32 = 3

/** Kind of the last string. */
export let scannedString: u32 = PLAIN

/** Position of the byte at which the last string failed. */
export let stoppedAt: u32 = 0

/** The position of the closing quote; `pos` is after the opening one. */
export function scanString(pos: u32): u32 {
  const quote = i8x16.splat(QUOTE)
  const backslash = i8x16.splat(BACKSLASH)
  const comma = i8x16.splat(COMMA)
  const space = i8x16.splat(0x20)
  let commas: i32 = 0
  for (;;) {
    const bytes = v128.load(pos)
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)),
        i8x16.lt_u(bytes, space),
      ),
    )
    const found = i8x16.bitmask(i8x16.eq(bytes, comma))
    if (stops !== 0) {
      const before = ctz(stops)
      commas |= found & ((1 << before) - 1)
      pos += before
      break
    }
    commas |= found
    pos += 16
  }
  const byte = load<u8>(pos)
  if (byte === QUOTE) {
    scannedString = commas !== 0 ? WITH_COMMA : PLAIN
    return pos
  }
  if (byte === BACKSLASH) return scanEscaped(pos)
  stoppedAt = pos
  return FAILED
}

/** Continues from the string's first backslash, sixteen bytes at a time while only quotes are escaped. */
function scanEscaped(pos: u32): u32 {
  const quote = i8x16.splat(QUOTE)
  const backslash = i8x16.splat(BACKSLASH)
  const space = i8x16.splat(0x20)
  // 1 if the byte at `pos` is escaped by the one before.
  let carry: i32 = 0
  while (true) {
    const bytes = v128.load(pos)
    const quotes = i8x16.bitmask(i8x16.eq(bytes, quote))
    const slashes = i8x16.bitmask(i8x16.eq(bytes, backslash))
    const escaped = ((slashes << 1) | carry) & 0xffff
    const ends = quotes & ~escaped
    // Only bytes before the closing quote count.
    const inside = ends !== 0 ? (ends & -ends) - 1 : 0xffff
    if (i8x16.bitmask(i8x16.lt_u(bytes, space)) & inside) {
      stoppedAt = pos + 15
      return FAILED
    }
    if (escaped & ~quotes & inside) return scanEscapes(pos - carry)
    if (ends !== 0) {
      scannedString = ESCAPED_QUOTES
      return pos + ctz(ends)
    }
    carry = slashes >> 15
    pos += 16
  }
}

/** Continues byte by byte, from outside an escape. */
function scanEscapes(pos: u32): u32 {
  while (true) {
    const byte = load<u8>(pos)
    if (byte === QUOTE) break
    if (byte < 0x20) {
      stoppedAt = pos
      return FAILED
    }
    if (byte !== BACKSLASH) {
      pos++
      continue
    }
    const escape = load<u8>(pos + 1)
    if (escape === 0x75) {
      for (let i: u32 = 2; i < 6; i++) if (!isHex(load<u8>(pos + i))) return FAILED
      pos += 6
    } else {
      if (!isSimpleEscape(escape)) return FAILED
      pos += 2
    }
  }
  scannedString = ESCAPED
  return pos
}

function isHex(byte: u8): bool {
  return byte - ZERO < 10 || (byte | 0x20) - 0x61 < 6
}

function isSimpleEscape(byte: u8): bool {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true
    default:
      return false
  }
}

/** The position after the number at `pos`; numbers of over 32 digits need the slow path. */
export function scanNumber(pos: u32): u32 {
  if (load<u8>(pos) === MINUS) pos++
  let digits: u64 = digitsAt(pos)
  let dots: u64 = dotsAt(pos)
  if ((digits | dots) === 0xffff) {
    digits |= (digitsAt(pos + 16) as u64) << 16
    dots |= (dotsAt(pos + 16) as u64) << 16
  }
  const length = ctz(~(digits | dots))
  if (length > 31 || length === 0) return FAILED
  dots &= ((1 as u64) << length) - 1
  const startsAndEndsWithDigit = (digits & 1) !== 0 && ((digits >> (length - 1)) & 1) !== 0
  if (!startsAndEndsWithDigit || (dots & (dots - 1)) !== 0) return FAILED
  if (load<u8>(pos) === ZERO && length > 1 && (dots & 2) === 0) return FAILED
  pos += length as u32
  return (load<u8>(pos) | 0x20) === 0x65 ? scanExponent(pos + 1) : pos
}

function digitsAt(pos: u32): u32 {
  const bytes = i8x16.sub(v128.load(pos), i8x16.splat(ZERO))
  return i8x16.bitmask(i8x16.lt_u(bytes, i8x16.splat(10)))
}

function dotsAt(pos: u32): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(pos), i8x16.splat(DOT)))
}

function scanExponent(pos: u32): u32 {
  const sign = load<u8>(pos)
  if (sign === 0x2b || sign === MINUS) pos++
  const start = pos
  while (load<u8>(pos) - ZERO < 10) pos++
  return pos === start ? FAILED : pos
}
