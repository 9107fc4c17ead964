import { BACKSLASH, QUOTE, ZERO } from './bytes'

/** Copies `length` bytes, sixteen at a time: up to fifteen bytes after them are overwritten too. */
export function copyBytes(target: u32, source: u32, length: u32): void {
  v128.store(target, v128.load(source))
  for (let done: u32 = 16; done < length; done += 16) {
    v128.store(target + done, v128.load(source + done))
  }
}

/** The same for a string whose backslashes all escape quotes: in CSV a quote is escaped by a quote. */
export function copyQuotes(target: u32, source: u32, length: u32): void {
  const backslash = i8x16.splat(BACKSLASH)
  const quote = i8x16.splat(QUOTE)
  for (let done: u32 = 0; done < length; done += 16) {
    const bytes = v128.load(source + done)
    v128.store(target + done, v128.bitselect(quote, bytes, i8x16.eq(bytes, backslash)))
  }
}

/** Copies bytes, doubling every quote; returns the position after them. */
export function copyDoubled(target: u32, source: u32, length: u32): u32 {
  const end = source + length
  while (source < end) {
    const byte = load<u8>(source++)
    store<u8>(target++, byte)
    if (byte === QUOTE) store<u8>(target++, QUOTE)
  }
  return target
}

/** Writes a string's content unescaped with its quotes doubled; returns the position after it. */
export function copyUnescaped(target: u32, source: u32, length: u32): u32 {
  const end = source + length
  while (source < end) {
    let byte = load<u8>(source++)
    if (byte === BACKSLASH) {
      byte = load<u8>(source++)
      if (byte === 0x75) {
        let code = hex4(source)
        source += 4
        if (isHighSurrogate(code) && source < end && load<u16>(source) === 0x755c) {
          const low = hex4(source + 2)
          if (isLowSurrogate(low)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            source += 6
          }
        }
        target = putCodePoint(target, code)
        continue
      }
      byte = simpleEscape(byte)
    }
    store<u8>(target++, byte)
    if (byte === QUOTE) store<u8>(target++, QUOTE)
  }
  return target
}

function simpleEscape(byte: u8): u8 {
  switch (byte) {
    case 0x6e:
      return 0x0a
    case 0x72:
      return 0x0d
    case 0x74:
      return 0x09
    case 0x62:
      return 0x08
    case 0x66:
      return 0x0c
    default:
      return byte // quote, backslash, slash
  }
}

/**
 * Writes a code point as UTF-8. A lone surrogate has no UTF-8 form: it becomes U+FFFD, as in every encoder.
 */
function putCodePoint(target: u32, code: u32): u32 {
  if (code === QUOTE) store<u8>(target++, QUOTE)
  if (code < 0x80) {
    store<u8>(target, code as u8)
    return target + 1
  }
  if (code < 0x800) {
    store<u8>(target++, (0xc0 | (code >> 6)) as u8)
  } else {
    if (isHighSurrogate(code) || isLowSurrogate(code)) code = 0xfffd
    if (code < 0x10000) {
      store<u8>(target++, (0xe0 | (code >> 12)) as u8)
    } else {
      store<u8>(target++, (0xf0 | (code >> 18)) as u8)
      store<u8>(target++, (0x80 | ((code >> 12) & 0x3f)) as u8)
    }
    store<u8>(target++, (0x80 | ((code >> 6) & 0x3f)) as u8)
  }
  store<u8>(target++, (0x80 | (code & 0x3f)) as u8)
  return target
}

function isHighSurrogate(code: u32): bool {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(code: u32): bool {
  return code >= 0xdc00 && code <= 0xdfff
}

function hex4(pos: u32): u32 {
  let code: u32 = 0
  for (let i: u32 = 0; i < 4; i++) {
    const byte = load<u8>(pos + i) as u32
    code = code * 16 + (byte <= 0x39 ? byte - ZERO : (byte | 0x20) - 0x57)
  }
  return code
}
