/**
 * Finds the ends of fields, 64 bytes at a time. Bit i of a mask stands for byte i of the block. A byte is within quotes
 * if the number of quotes up to it is odd; a doubled quote closes and opens at once, so it needs no special case.
 */
import { BACKSLASH, COMMA, CR, LF, QUOTE } from './bytes'

export const BLOCK: u32 = 64

/** Position of the first malformed byte in the last block; 0 if there is none. */
export let badAt: u32 = 0
/** The last block has a backslash or a control character (other than line ends) outside quotes. */
export let blockIsOdd: bool = false

/** Carried over to the next block. All ones if it begins within quotes. */
let inQuotes: u64 = 0
/** 1 if a quote may open at its first byte. */
let mayOpen: u64 = 0
/** 1 if the byte before it is a closing quote. */
let closed: u64 = 0
/** 1 if the byte before it is a CR outside quotes. */
let carriage: u64 = 0

/** Call before the first block of a record. */
export function beginRecord(): void {
  inQuotes = 0
  mayOpen = 1
  closed = 0
  carriage = 0
}

/** The mask of field ends (commas and line feeds) in the block at `pos`, up to the first malformed byte. */
export function endsIn(pos: u32): u64 {
  const a = v128.load(pos)
  const b = v128.load(pos, 16)
  const c = v128.load(pos, 32)
  const d = v128.load(pos, 48)
  const quotes = equal(a, b, c, d, QUOTE)
  let ends = equal(a, b, c, d, COMMA)
  const odd = join(oddBytes(a), oddBytes(b), oddBytes(c), oddBytes(d))
  let lines: u64 = 0
  let carriages: u64 = 0
  if (odd !== 0) {
    lines = equal(a, b, c, d, LF)
    carriages = equal(a, b, c, d, CR)
    ends |= lines
  }
  const inside = quotes === 0 ? inQuotes : inQuotes ^ parity(quotes)
  ends &= ~inside
  carriages &= ~inside
  blockIsOdd = (odd & ~inside & ~(lines | carriages)) !== 0

  // A CR must be followed by LF, an opening quote preceded by a field's end or another quote, and a closing quote
  // followed by a field's end or another quote.
  let bad = ((carriages << 1) | carriage) & ~(lines & ~inside)
  const opens = quotes & inside
  const closes = quotes & ~inside
  bad |= opens & ~(((ends | closes) << 1) | mayOpen)
  bad |= ((closes << 1) | closed) & ~(ends | opens | carriages)
  inQuotes = ((inside as i64) >> 63) as u64
  mayOpen = (ends | closes) >> 63
  closed = closes >> 63
  carriage = carriages >> 63
  badAt = 0
  if (bad === 0) return ends
  badAt = pos + (ctz(bad) as u32)
  return ends & ((bad & -bad) - 1)
}

function equal(a: v128, b: v128, c: v128, d: v128, byte: u8): u64 {
  const wanted = i8x16.splat(byte)
  return join(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted))
}

/** Marks backslashes and control characters. */
function oddBytes(bytes: v128): v128 {
  return v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)))
}

function join(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) as u64) | ((i8x16.bitmask(b) as u64) << 16)
  return low | ((i8x16.bitmask(c) as u64) << 32) | ((i8x16.bitmask(d) as u64) << 48)
}

/** Bit i of the result is the parity of bits 0 to i. */
function parity(bits: u64): u64 {
  bits ^= bits << 1
  bits ^= bits << 2
  bits ^= bits << 4
  bits ^= bits << 8
  bits ^= bits << 16
  return bits ^ (bits << 32)
}
