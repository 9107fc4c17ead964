/** Writes a CSV record as a JSON row, with the exact text of each field. */

import { append, type ByteBuffer, reserve } from '../bytes/byte-buffer.ts'
import { isNumberText } from '../decimal/number-text.ts'
import { BACKSLASH, CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from '../scan/json-bytes.ts'
import type { CsvMember } from './csv-columns.ts'
import { type FieldSpans, Quoting } from './scan-record.ts'

const NULL = Buffer.from('null')

/** The longest JSON escape of one byte, as in `\u001f`. */
const LONGEST_ESCAPE = 6

/**
 * Appends the record whose `fields` were scanned in `bytes` as a JSON object. An empty field, quoted or not, becomes
 * null, because the sources do not distinguish null from an empty string. A field of a number column becomes a JSON
 * number if its text is one, and a string otherwise.
 */
export function appendJsonRow(
  out: ByteBuffer,
  bytes: Buffer,
  fields: FieldSpans,
  members: readonly CsvMember[],
): void {
  reserve(out, 2)
  out.bytes[out.length++] = OPEN_BRACE
  for (let i = 0; i < members.length; i++) {
    const { token, field, isNumber } = members[i] as CsvMember
    const start = fields[field * 3] as number
    const end = fields[field * 3 + 1] as number
    reserve(out, token.length + (end - start) * LONGEST_ESCAPE + NULL.length + 3)
    if (i > 0) out.bytes[out.length++] = COMMA
    append(out, token, 0, token.length)
    if (start === end) append(out, NULL, 0, NULL.length)
    else if (isNumber && isJsonNumber(bytes, start, end)) append(out, bytes, start, end)
    else appendString(out, bytes, start, end, fields[field * 3 + 2] === Quoting.doubled)
  }
  out.bytes[out.length++] = CLOSE_BRACE
}

function isJsonNumber(bytes: Buffer, start: number, end: number): boolean {
  return isNumberText(bytes.toString('latin1', start, end))
}

/** How a byte is escaped: 0 not at all, 1 as `\u00xx`, otherwise the letter after the backslash. */
const ESCAPES = new Uint8Array(256)
ESCAPES.fill(1, 0, 0x20)
for (const [byte, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
] as const) {
  ESCAPES[byte] = letter.charCodeAt(0)
}

/** Appends a field's text as a JSON string. `isDoubled`: its quotes are doubled. */
function appendString(
  out: ByteBuffer,
  bytes: Buffer,
  start: number,
  end: number,
  isDoubled: boolean,
): void {
  const target = out.bytes
  let at = out.length
  target[at++] = QUOTE
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos] as number
    const escape = ESCAPES[byte] as number
    if (escape === 0) {
      target[at++] = byte
      continue
    }
    target[at++] = BACKSLASH
    if (escape === 1) at = putHex(target, at, byte)
    else target[at++] = escape
    if (isDoubled && byte === QUOTE) pos++
  }
  target[at++] = QUOTE
  out.length = at
}

/** Writes the escape of a control character, without its backslash. */
function putHex(target: Uint8Array, at: number, byte: number): number {
  target[at] = 0x75
  target[at + 1] = 0x30
  target[at + 2] = 0x30
  target[at + 3] = 0x30 + (byte >> 4)
  target[at + 4] = (byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15)
  return at + 5
}
