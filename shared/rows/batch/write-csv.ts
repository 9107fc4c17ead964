import { append, type ByteBuffer, byteBuffer, reserve, SMALL_COPY } from '../bytes/byte-buffer.ts'
import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'
import { appendCompact } from '../scan/compact.ts'
import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE } from '../scan/json-bytes.ts'
import { Kind } from '../scan/json-scan.ts'
import type { RowSpans } from '../scan/scan-row.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * Appends one scanned row as an RFC 4180 record with CRLF: literals unchanged, strings unescaped, null and
 * missing as an empty field, an empty string as `""`, nested values as their JSON text.
 */
export function appendCsvRow(
  out: ByteBuffer,
  bytes: Uint8Array,
  layout: RowLayout,
  spans: RowSpans,
  rowBytes: number,
): void {
  const { csvOrder } = layout
  const { values } = spans
  // A value can at most double (each byte a quote), and every column has quotes and a comma. Fields that
  // appear both in their column and in otherFields double once more.
  reserve(out, rowBytes * 4 + csvOrder.length * 3 + 8)
  let target = out.bytes
  let at = out.length
  for (let i = 0; i < csvOrder.length; i++) {
    if (i > 0) target[at++] = COMMA
    const column = csvOrder[i] as number
    const isOther = column === OTHER_FIELDS
    if (isOther && spans.others.length === 0) continue
    const kind = isOther ? Kind.nested : (values[column * 3 + 2] as number)
    if (kind <= Kind.null) continue
    let start = isOther ? 0 : (values[column * 3] as number)
    let end = isOther ? 0 : (values[column * 3 + 1] as number)
    if (kind >= Kind.escaped) {
      out.length = at
      if (isOther) appendOthers(out, bytes, spans.others)
      else if (kind === Kind.escaped) appendUnescaped(out, bytes, start + 1, end - 1)
      else appendNested(out, bytes, start, end)
      target = out.bytes
      at = out.length
      continue
    }
    if (kind === Kind.plain && end - start > 2) {
      start++
      end--
    }
    // Everything else is copied unchanged: literals, "" and, with their quotes, strings with a comma.
    if (end - start <= SMALL_COPY) {
      while (start < end) target[at++] = bytes[start++] as number
    } else {
      target.set(bytes.subarray(start, end), at)
      at += end - start
    }
  }
  target[at++] = CR
  target[at++] = LF
  out.length = at
}

/** Appends one value of a scanned row as an RFC 4180 field; null, missing and empty strings as an empty one. */
export function appendCsvField(
  out: ByteBuffer,
  bytes: Uint8Array,
  { values }: RowSpans,
  column: number,
): void {
  const start = values[column * 3] as number
  const end = values[column * 3 + 1] as number
  const kind = values[column * 3 + 2] as number
  if (kind <= Kind.null) return
  // Each byte may be a quote, so the size may double, plus the enclosing quotes.
  reserve(out, (end - start) * 2 + 2)
  if (kind === Kind.nested) appendNested(out, bytes, start, end)
  else if (kind === Kind.escaped) appendUnescaped(out, bytes, start + 1, end - 1)
  else if (kind === Kind.plain) append(out, bytes, start + 1, end - 1)
  else append(out, bytes, start, end)
}

const scratch = byteBuffer(4096)

function appendNested(out: ByteBuffer, bytes: Uint8Array, start: number, end: number): void {
  scratch.length = 0
  appendCompact(scratch, bytes, start, end)
  appendQuoted(out, scratch)
}

function appendOthers(out: ByteBuffer, bytes: Uint8Array, others: number[]): void {
  scratch.length = 0
  const size = (others.at(-1) as number) - (others[0] as number)
  reserve(scratch, size + others.length + 2)
  scratch.bytes[scratch.length++] = OPEN_BRACE
  for (let i = 0; i < others.length; i += 4) {
    if (i > 0) scratch.bytes[scratch.length++] = COMMA
    append(scratch, bytes, others[i] as number, others[i + 1] as number)
    scratch.bytes[scratch.length++] = COLON
    appendCompact(scratch, bytes, others[i + 2] as number, others[i + 3] as number)
    reserve(scratch, 2)
  }
  scratch.bytes[scratch.length++] = CLOSE_BRACE
  appendQuoted(out, scratch)
}

/** Appends `field` in quotes, its own quotes doubled. */
function appendQuoted(out: ByteBuffer, field: ByteBuffer): void {
  reserve(out, field.length * 2 + 2)
  const target = out.bytes
  let at = out.length
  target[at++] = QUOTE
  for (let i = 0; i < field.length; i++) {
    const byte = field.bytes[i] as number
    target[at++] = byte
    if (byte === QUOTE) target[at++] = QUOTE
  }
  target[at++] = QUOTE
  out.length = at
}

/** Appends a JSON string's content unescaped, always quoted, because fields with escapes usually need it. */
function appendUnescaped(out: ByteBuffer, bytes: Uint8Array, start: number, end: number): void {
  const target = out.bytes
  let at = out.length
  target[at++] = QUOTE
  for (let pos = start; pos < end; pos++) {
    let byte = bytes[pos] as number
    if (byte === BACKSLASH) {
      byte = bytes[++pos] as number
      if (byte === 0x75) {
        let code = hex4(bytes, pos + 1)
        pos += 4
        if (isHighSurrogate(code) && bytes[pos + 1] === BACKSLASH && bytes[pos + 2] === 0x75) {
          const low = hex4(bytes, pos + 3)
          if (isLowSurrogate(low)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            pos += 6
          }
        }
        at = putCodePoint(target, at, code)
        continue
      }
      byte = simpleEscape(byte)
    }
    target[at++] = byte
    if (byte === QUOTE) target[at++] = QUOTE
  }
  target[at++] = QUOTE
  out.length = at
}

function simpleEscape(byte: number): number {
  switch (byte) {
    case 0x6e:
      return LF
    case 0x72:
      return CR
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

/** Writes a code point as UTF-8. A lone surrogate has no UTF-8 form: it becomes U+FFFD, as in every encoder. */
function putCodePoint(target: Uint8Array, at: number, code: number): number {
  if (code === QUOTE) target[at++] = QUOTE
  if (code < 0x80) {
    target[at++] = code
    return at
  }
  if (code < 0x800) {
    target[at++] = 0xc0 | (code >> 6)
  } else {
    if (isHighSurrogate(code) || isLowSurrogate(code)) code = 0xfffd
    if (code < 0x10000) {
      target[at++] = 0xe0 | (code >> 12)
    } else {
      target[at++] = 0xf0 | (code >> 18)
      target[at++] = 0x80 | ((code >> 12) & 0x3f)
    }
    target[at++] = 0x80 | ((code >> 6) & 0x3f)
  }
  target[at++] = 0x80 | (code & 0x3f)
  return at
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

function hex4(bytes: Uint8Array, pos: number): number {
  let code = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[pos + i] as number
    code = code * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57)
  }
  return code
}
