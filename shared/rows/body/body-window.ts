/** Gives a scanner the bytes of a body in windows, which begin with what it could not read of the last one. */
import { asBuffer, type ByteBuffer, reserve } from '../bytes/byte-buffer.ts'

export interface BodyWindow {
  /** The offset of the window's first byte in the body. */
  readonly offset: number
  /** True once the body has ended: nothing follows the window. */
  readonly isEnding: boolean
  /** Bytes that are not read yet. */
  readonly left: number
  push(chunk: Uint8Array): void
  /** Scans what is left, as the body's end. */
  end(): void
}

/**
 * `scan` reads complete values from a window, and returns how many bytes it has read. `rest` holds an incomplete value
 * between two windows.
 */
export function bodyWindow(rest: ByteBuffer, scan: (window: Buffer) => number): BodyWindow {
  rest.length = 0
  let offset = 0
  let isEnding = false
  let waitFor = 0 // bytes to collect before scanning again

  function next(bytes: Buffer): void {
    const done = scan(bytes)
    offset += done
    const left = bytes.length - done
    rest.length = 0
    reserve(rest, left)
    rest.bytes.set(bytes.subarray(done), 0)
    rest.length = left
    // An incomplete value is scanned again from its start. Waiting until it has doubled keeps the work proportional to
    // the bytes, however small the chunks are.
    waitFor = left * 2
  }

  return {
    get offset() {
      return offset
    },
    get isEnding() {
      return isEnding
    },
    get left() {
      return rest.length
    },
    push(chunk) {
      if (rest.length === 0) {
        next(asBuffer(chunk))
        return
      }
      reserve(rest, chunk.length)
      rest.bytes.set(chunk, rest.length)
      rest.length += chunk.length
      if (rest.length >= waitFor) next(rest.bytes.subarray(0, rest.length))
    },
    end() {
      isEnding = true
      if (rest.length > 0) next(rest.bytes.subarray(0, rest.length))
    },
  }
}
