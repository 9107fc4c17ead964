/**
 * A strict JSON scanner on bytes (RFC 8259). It finds where values end and their type; it never converts a
 * number to a float or a string to a JavaScript string.
 *
 * Every function takes the position of a value's first byte and returns the position after its last one, or
 * {@link INCOMPLETE} if `end` comes first. Invalid JSON throws `ROWS_INVALID_JSON`.
 */
import { MAX_DEPTH } from '../limits.ts'
import {
  BACKSLASH,
  CLOSE_BRACE,
  COLON,
  COMMA,
  INCOMPLETE,
  invalidJson,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-bytes.ts'
import { scanLiteral } from './scan-literal.ts'

/** The type of a value. Types of strings differ in how the CSV writer handles them. */
export const Kind = {
  missing: 0,
  null: 1,
  /** A number, `true` or `false`: its text is its value. */
  literal: 2,
  /** A string without escapes and without a comma. */
  plain: 3,
  /** A string without escapes but with a comma. */
  comma: 4,
  /** A string with escapes. */
  escaped: 5,
  /** An object or an array. */
  nested: 6,
} as const

/** The kind of the value that {@link scanValue} or {@link scanString} returned from last. */
export let scannedKind: number = Kind.missing

/** The meaning of a byte within a string to the scanner; 0 for most bytes. */
const STRING_CLASS = new Uint8Array(256)
STRING_CLASS.fill(4, 0, 0x20)
STRING_CLASS[QUOTE] = 1
STRING_CLASS[BACKSLASH] = 2
STRING_CLASS[COMMA] = 3

/** Scans the string whose opening quote is at `pos`. */
export function scanString(bytes: Uint8Array, pos: number, end: number): number {
  let kind: number = Kind.plain
  for (pos++; ; pos++) {
    let meaning = 0
    // The hot loop: one load and one table look-up per byte.
    while (pos < end) {
      meaning = STRING_CLASS[bytes[pos] as number] as number
      if (meaning !== 0) break
      pos++
    }
    if (pos >= end) return INCOMPLETE
    if (meaning === 1) {
      scannedKind = kind
      return pos + 1
    }
    if (meaning === 3) {
      if (kind === Kind.plain) kind = Kind.comma
    } else if (meaning === 2) {
      kind = Kind.escaped
      pos = scanEscape(bytes, pos + 1, end)
      if (pos === INCOMPLETE) return INCOMPLETE
    } else {
      invalidJson('no control character within a string', pos)
    }
  }
}

/** The position of an escape's last byte; `pos` is after the backslash. */
function scanEscape(bytes: Uint8Array, pos: number, end: number): number {
  if (pos >= end) return INCOMPLETE
  const escape = bytes[pos] as number
  if (escape !== 0x75) {
    if (!isSimpleEscape(escape)) invalidJson('a valid escape', pos)
    return pos
  }
  for (let i = 1; i <= 4; i++) {
    if (pos + i >= end) return INCOMPLETE
    if (!isHex(bytes[pos + i] as number)) invalidJson('four hex digits after \\u', pos + i)
  }
  return pos + 4
}

/** Scans the value at `pos`, of any type. Sets {@link scannedKind}. */
export function scanValue(bytes: Uint8Array, pos: number, end: number): number {
  if (pos >= end) return INCOMPLETE
  const byte = bytes[pos] as number
  if (byte === QUOTE) return scanString(bytes, pos, end)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return scanNested(bytes, pos, end)
  scannedKind = kindOfLiteral(byte)
  return scanLiteral(bytes, pos, end, byte)
}

/** The kind of a value that is neither a string nor nested, by its first byte. */
function kindOfLiteral(byte: number): number {
  return byte === 0x6e ? Kind.null : Kind.literal
}

// One entry per open object or array: its closing byte. Not recursive, so depth can't blow the stack.
const closers = new Uint8Array(MAX_DEPTH)

function scanNested(bytes: Uint8Array, pos: number, end: number): number {
  let depth = 0
  let closer = 0
  for (;;) {
    // Here a value begins at pos.
    const byte = bytes[pos] as number
    let opened = false
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === MAX_DEPTH) invalidJson(`at most ${MAX_DEPTH} levels of nesting`, pos)
      closer = byte + 2
      closers[depth++] = closer
      opened = true
      pos = skipSpace(bytes, pos + 1, end)
    } else {
      pos = byte === QUOTE ? scanString(bytes, pos, end) : scanLiteral(bytes, pos, end, byte)
      if (pos === INCOMPLETE) return INCOMPLETE
      pos = skipSpace(bytes, pos, end)
    }
    // Here a value has ended, or a container has just opened.
    while (pos < end && bytes[pos] === closer) {
      pos++
      opened = false
      if (--depth === 0) {
        scannedKind = Kind.nested
        return pos
      }
      closer = closers[depth - 1] as number
      pos = skipSpace(bytes, pos, end)
    }
    if (pos >= end) return INCOMPLETE
    if (!opened) {
      if (bytes[pos] !== COMMA) invalidJson(`"," or "${String.fromCharCode(closer)}"`, pos)
      pos = skipSpace(bytes, pos + 1, end)
    }
    if (closer === CLOSE_BRACE) {
      pos = scanKey(bytes, pos, end)
      if (pos === INCOMPLETE) return INCOMPLETE
      pos = scanColon(bytes, pos, end)
      if (pos === INCOMPLETE) return INCOMPLETE
    }
    if (pos >= end) return INCOMPLETE
  }
}

/** Scans the object key whose opening quote should be at `pos`. */
export function scanKey(bytes: Uint8Array, pos: number, end: number): number {
  if (pos >= end) return INCOMPLETE
  if (bytes[pos] !== QUOTE) invalidJson('a key in quotes', pos)
  return scanString(bytes, pos, end)
}

/** Skips the colon after a key, with white space around it; returns where the value begins. */
export function scanColon(bytes: Uint8Array, pos: number, end: number): number {
  pos = skipSpace(bytes, pos, end)
  if (pos >= end) return INCOMPLETE
  if (bytes[pos] !== COLON) invalidJson('":" after a key', pos)
  pos = skipSpace(bytes, pos + 1, end)
  return pos >= end ? INCOMPLETE : pos
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

function isSimpleEscape(byte: number): boolean {
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
