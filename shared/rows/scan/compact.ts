import { append, type ByteBuffer, reserve } from '../bytes/byte-buffer.ts'
import { BACKSLASH, QUOTE } from './json-bytes.ts'

/** Appends valid JSON without the white space between tokens; all other bytes are kept. */
export function appendCompact(
  out: ByteBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  reserve(out, end - start)
  let from = start
  let inString = false
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos] as number
    if (inString) {
      if (byte === BACKSLASH) pos++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte <= 0x20) {
      append(out, bytes, from, pos)
      from = pos + 1
    }
  }
  append(out, bytes, from, end)
}
