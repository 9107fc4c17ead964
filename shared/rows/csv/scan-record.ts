/**
 * A strict scanner of CSV records on bytes (RFC 4180, with LF as well as CRLF). It finds where fields end and never
 * turns one into a JavaScript string.
 */
import type { ErrorCode } from '../../errors.ts'
import { COMMA, INCOMPLETE, QUOTE } from '../json-scan.ts'

export const CR = 0x0d
export const LF = 0x0a

/** How a field stands in its record. */
export const Quoting = {
  /** Without quotes. */
  bare: 0,
  /** In quotes, without any in it. */
  quoted: 1,
  /** In quotes, with doubled ones in it. */
  doubled: 2,
} as const

/** The fields of one record, three numbers each: start and end of what stands between its quotes, {@link Quoting}. */
export type FieldSpans = number[]

/** Internal: carries a position in the scanned bytes until someone knows the record and the offset in the body. */
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

/** The body ends where it should not. */
function cut(message: string, position: number): InvalidCsv {
  return new InvalidCsv('ROWS_CUT', message, position)
}

/**
 * Scans the record at `pos` and notes its fields. Returns the position behind its line end, or INCOMPLETE if the
 * bytes end before it; `isLast`: no bytes follow, so their end is a line end as well. Throws InvalidCsv, also for the
 * first field beyond `most`.
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
    if (fields.length > most * 3) throw malformed(`more fields than the ${most} of the header`, pos)
    if (next >= end) return isLast ? end : INCOMPLETE
    pos = next + 1
    const byte = bytes[next]
    if (byte === LF) return pos
    if (byte === CR) {
      if (pos < end && bytes[pos] !== LF) throw malformed('a CR without LF, outside quotes', next)
      if (pos < end) return pos + 1
      if (!isLast) return INCOMPLETE
      throw cut('the body ends within a line end', next)
    }
    // A comma. Where nothing follows, the last field is empty, if it is not still to come.
    if (pos >= end && !isLast) return INCOMPLETE
  }
}

/** The position behind the line end at `pos`; `pos` itself if none stands there, or not all of it. */
export function skipLineEnd(bytes: Uint8Array, pos: number): number {
  if (bytes[pos] === LF) return pos + 1
  return bytes[pos] === CR && bytes[pos + 1] === LF ? pos + 2 : pos
}

/** Ends a field that has no quotes. */
const ENDS_BARE = new Uint8Array(256)
for (const byte of [COMMA, QUOTE, CR, LF]) ENDS_BARE[byte] = 1

function scanBare(bytes: Buffer, start: number, fields: FieldSpans): number {
  let pos = start
  while (pos < bytes.length && ENDS_BARE[bytes[pos] as number] === 0) pos++
  if (bytes[pos] === QUOTE) throw malformed('a quote within a field that has none around it', pos)
  fields.push(start, pos, Quoting.bare)
  return pos
}

function scanQuoted(bytes: Buffer, open: number, isLast: boolean, fields: FieldSpans): number {
  let quoting: number = Quoting.quoted
  for (let pos = open + 1; ; pos += 2) {
    pos = bytes.indexOf(QUOTE, pos)
    if (pos < 0) {
      if (!isLast) return INCOMPLETE
      throw cut('the body ends within quotes that opened here', open)
    }
    // Whether it is the first of two can't be told yet.
    if (pos + 1 >= bytes.length && !isLast) return INCOMPLETE
    if (bytes[pos + 1] === QUOTE) {
      quoting = Quoting.doubled
      continue
    }
    const behind = bytes[pos + 1]
    if (behind !== undefined && behind !== COMMA && behind !== CR && behind !== LF) {
      throw malformed('text behind a closing quote', pos + 1)
    }
    fields.push(open + 1, pos, quoting)
    return pos + 1
  }
}

/** The text of a field, for people and for names; values stay bytes. */
export function fieldText(bytes: Buffer, fields: FieldSpans, field: number): string {
  const text = bytes.toString('utf8', fields[field * 3], fields[field * 3 + 1])
  return fields[field * 3 + 2] === Quoting.doubled ? text.replaceAll('""', '"') : text
}
