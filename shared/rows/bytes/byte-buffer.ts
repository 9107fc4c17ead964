/** A growing byte buffer: append-only, and reset for reuse. */
export interface ByteBuffer {
  bytes: Buffer
  length: number
}

export function byteBuffer(capacity: number): ByteBuffer {
  return { bytes: Buffer.allocUnsafeSlow(capacity), length: 0 }
}

/** Reserves room for `more` bytes. Amortized: grows by at least a quarter. */
export function reserve(buffer: ByteBuffer, more: number): void {
  const needed = buffer.length + more
  if (needed <= buffer.bytes.length) return
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(buffer.bytes.length * 1.25)))
  grown.set(buffer.bytes.subarray(0, buffer.length))
  buffer.bytes = grown
}

/** Up to this size, a loop of stores is faster than a call to native `set`. */
export const SMALL_COPY = 64

/** Appends `source[start..end)`. The room must be reserved. */
export function append(buffer: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  const target = buffer.bytes
  let at = buffer.length
  if (end - start <= SMALL_COPY) {
    for (let i = start; i < end; i++) target[at++] = source[i] as number
  } else {
    target.set(source.subarray(start, end), at)
    at += end - start
  }
  buffer.length = at
}

/** The same bytes as a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
