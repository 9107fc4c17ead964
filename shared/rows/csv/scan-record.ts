/**
 * A strict CSV scanner on bytes (RFC 4180; lines may end with LF or CRLF). It finds where fields end and never converts
 * one into a JavaScript string.
 */
import type { ErrorCode } from '../../errors.ts'
import { COMMA, INCOMPLETE, QUOTE } from '../scan/json-bytes.ts'

export const CR = 0x0d
export const LF = 0x0a

/** How a field is quoted. */
export const Quoting = {
  /** Not quoted. */
  bare: 0,
  /** Quoted, without quotes in its text. */
  quoted: 1,
  /** Quoted, with doubled quotes in its text. */
  doubled: 2,
} as const

/** The fields of one record, three numbers each: start and end of its text (without the outer quotes), {@link Quoting}. */
export type FieldSpans = number[]

/** Internal: an error at a position of the scanned bytes; the reader adds the record number and the offset in the body. */
export class InvalidCsv extends Error {
  readonly code: ErrorCode
  readonly position: number

  constructor(code: ErrorCode, message: string, position: number) {
    super(message)
    this.code = code
    this.position = position
  }
}

function malformed(message: string, position: number): InvalidCsv {
  return new InvalidCsv('ROWS_UNEXPECTED_SHAPE', message, position)
}

/** The body ends in the middle of something. */
function cut(message: string, position: number): InvalidCsv {
  return new InvalidCsv('ROWS_CUT', message, position)
}

/**
 * Scans the record at `pos` into `fields`. Returns the position after its line end, or INCOMPLETE if the bytes end
 * before that. `isLast`: no more bytes follow, so the end of the bytes also ends the record. Throws InvalidCsv, also
 * for a record of more than `most` fields.
 */
export function scanRecord(
  bytes: Buffer,
  pos: number,
  isLast: boolean,
  fields: FieldSpans,
  most = Number.POSITIVE_INFINITY,
): number {
  const end = bytes.length
  fields.length = 0
  for (;;) {
    const next =
      bytes[pos] === QUOTE ? scanQuoted(bytes, pos, isLast, fields) : scanBare(bytes, pos, fields)
    if (next === INCOMPLETE) return INCOMPLETE
    if (fields.length > most * 3)
      throw malformed(`more than ${most} fields, the number of columns in the header`, pos)
    if (next >= end) return isLast ? end : INCOMPLETE
    pos = next + 1
    const byte = bytes[next]
    if (byte === LF) return pos
    if (byte === CR) {
      if (pos < end && bytes[pos] !== LF) throw malformed('a CR without LF outside quotes', next)
      if (pos < end) return pos + 1
      if (!isLast) return INCOMPLETE
      throw cut('the body ends within a line end', next)
    }
    // After a comma another field follows; at the end of the body it is an empty one.
    if (pos >= end && !isLast) return INCOMPLETE
  }
}

/** The position after the line end at `pos`; `pos` itself if there is none, or only half of one. */
export function skipLineEnd(bytes: Uint8Array, pos: number): number {
  if (bytes[pos] === LF) return pos + 1
  return bytes[pos] === CR && bytes[pos + 1] === LF ? pos + 2 : pos
}

/** Bytes that end an unquoted field. */
const ENDS_BARE = new Uint8Array(256)
for (const byte of [COMMA, QUOTE, CR, LF]) ENDS_BARE[byte] = 1

function scanBare(bytes: Buffer, start: number, fields: FieldSpans): number {
  let pos = start
  while (pos < bytes.length && ENDS_BARE[bytes[pos] as number] === 0) pos++
  if (bytes[pos] === QUOTE) throw malformed('a quote within an unquoted field', pos)
  fields.push(start, pos, Quoting.bare)
  return pos
}

function scanQuoted(bytes: Buffer, open: number, isLast: boolean, fields: FieldSpans): number {
  let quoting: number = Quoting.quoted
  for (let pos = open + 1; ; pos += 2) {
    pos = bytes.indexOf(QUOTE, pos)
    if (pos < 0) {
      if (!isLast) return INCOMPLETE
      throw cut('the body ends before the closing quote of this field', open)
    }
    // The next byte decides whether this quote is doubled.
    if (pos + 1 >= bytes.length && !isLast) return INCOMPLETE
    if (bytes[pos + 1] === QUOTE) {
      quoting = Quoting.doubled
      continue
    }
    const after = bytes[pos + 1]
    if (after !== undefined && after !== COMMA && after !== CR && after !== LF) {
      throw malformed('text after a closing quote', pos + 1)
    }
    fields.push(open + 1, pos, quoting)
    return pos + 1
  }
}

/** The text of a field as a string. For header names only: values stay bytes. */
export function fieldText(bytes: Buffer, fields: FieldSpans, field: number): string {
  const text = bytes.toString('utf8', fields[field * 3], fields[field * 3 + 1])
  return fields[field * 3 + 2] === Quoting.doubled ? text.replaceAll('""', '"') : text
}
