/** Rows whose numbers are strings of their digits, for clients that would read them as doubles. */
import { append, type ByteBuffer, byteBuffer, reserve } from '../bytes/byte-buffer.ts'
import type { RowWriter } from './row-writer.ts'

const [QUOTE, BACKSLASH, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x30, 0x39]

/** Wraps `write` so that every number at any depth of a row is quoted. */
export function withNumberTexts(write: RowWriter): RowWriter {
  const row = byteBuffer(4_096)
  return (out, text, start, end, spans, isFirst) => {
    row.length = 0
    write(row, text, start, end, spans, isFirst)
    appendWithNumberTexts(out, row.bytes.subarray(0, row.length))
  }
}

/** Appends JSON text with every number in quotes; all other bytes are unchanged. */
export function appendWithNumberTexts(out: ByteBuffer, json: Buffer): void {
  // At least one byte follows each number, so quotes at most double the size.
  reserve(out, json.length * 2 + 2)
  let copied = 0
  for (let pos = 0; pos < json.length; ) {
    const byte = json[pos] as number
    if (byte === QUOTE) pos = endOfString(json, pos)
    else if (byte !== MINUS && !isDigit(byte)) pos++
    else {
      const end = endOfNumber(json, pos)
      append(out, json, copied, pos)
      out.bytes[out.length++] = QUOTE
      append(out, json, pos, end)
      out.bytes[out.length++] = QUOTE
      copied = pos = end
    }
  }
  append(out, json, copied, json.length)
}

/** The position after the string that begins at `pos`. */
function endOfString(json: Buffer, pos: number): number {
  for (let end = pos + 1; end < json.length; end++) {
    if (json[end] === BACKSLASH) end++
    else if (json[end] === QUOTE) return end + 1
  }
  return json.length
}

const [PLUS, POINT, SMALL_E, LARGE_E] = [0x2b, 0x2e, 0x65, 0x45]

function endOfNumber(json: Buffer, pos: number): number {
  let end = pos + 1
  for (; end < json.length; end++) {
    const byte = json[end] as number
    const isPart = byte === POINT || byte === SMALL_E || byte === LARGE_E || byte === PLUS
    if (!isPart && byte !== MINUS && !isDigit(byte)) break
  }
  return end
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}

/** The JSON text `row` with its numbers in quotes. */
export function numberTexts(row: string): string {
  const out = byteBuffer(0)
  appendWithNumberTexts(out, Buffer.from(row))
  return out.bytes.toString('utf8', 0, out.length)
}
