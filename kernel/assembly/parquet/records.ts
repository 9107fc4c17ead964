/** Finds the fields of CSV records as the archive writes them: RFC 4180 with CRLF, null as an empty field without quotes. */
import { COMMA, CR, LF, QUOTE } from '../bytes'
import { FIELD_BYTES, FIELDS, FRAME_ROWS, NULL } from './memory'

/** The record does not end within the frame. */
export const CUT: u32 = 0
/** It is not a record with this number of fields. */
export const MALFORMED: u32 = 1

/** The field that was read last. */
let fieldStart: u32 = 0
let fieldLength: u32 = 0

/** The address of a column's fields. */
export function fieldsOf(column: u32): u32 {
  return FIELDS + column * FRAME_ROWS * FIELD_BYTES
}

/**
 * Stores the fields of the record at `pos` as those of `row`; returns the position after it. Replaces doubled quotes in
 * the frame by single ones.
 */
export function findFields(pos: u32, end: u32, columns: u32, row: u32): u32 {
  const last = columns - 1
  let field = FIELDS + row * FIELD_BYTES
  for (let column: u32 = 0; ; column++, field += FRAME_ROWS * FIELD_BYTES) {
    if (pos >= end) return CUT
    if (load<u8>(pos) === QUOTE) {
      pos = readQuoted(pos + 1, end)
    } else {
      fieldStart = pos
      pos = fieldEnd(pos, end)
      fieldLength = pos === fieldStart ? NULL : pos - fieldStart
    }
    if (pos >= end) return CUT
    store<u32>(field, fieldStart)
    store<u32>(field, fieldLength, 4)
    if (column === last) break
    if (load<u8>(pos++) !== COMMA) return MALFORMED
  }
  if (pos + 2 > end) return load<u8>(pos) === CR ? CUT : MALFORMED
  return load<u8>(pos) === CR && load<u8>(pos + 1) === LF ? pos + 2 : MALFORMED
}

/** The position of the next comma or CR; `end` or more if there is none. */
function fieldEnd(pos: u32, end: u32): u32 {
  const comma = i8x16.splat(COMMA)
  const cr = i8x16.splat(CR)
  for (; pos < end; pos += 16) {
    const bytes = v128.load(pos)
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, comma), i8x16.eq(bytes, cr)))
    if (found !== 0) return pos + ctz(found)
  }
  return pos
}

/** Reads the quoted field whose text begins at `pos`; returns the position after its closing quote. */
function readQuoted(pos: u32, end: u32): u32 {
  fieldStart = pos
  let target = pos
  while (true) {
    const quote = nextQuote(pos, end)
    if (quote + 1 >= end) return end
    if (target !== pos) memory.copy(target, pos, quote - pos)
    target += quote - pos
    if (load<u8>(quote + 1) !== QUOTE) {
      fieldLength = target - fieldStart
      return quote + 1
    }
    store<u8>(target++, QUOTE)
    pos = quote + 2
  }
}

function nextQuote(pos: u32, end: u32): u32 {
  const quote = i8x16.splat(QUOTE)
  for (; pos < end; pos += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(pos), quote))
    if (found !== 0) return pos + ctz(found)
  }
  return pos
}
