import { type ByteBuffer, byteBuffer } from './byte-buffer.ts'
import { freeList } from './free-list.ts'

/** Buffers for the texts of blocks, shared by all files being written. */
export interface TextPool {
  take(): ByteBuffer
  /** Returns a buffer that no longer has any views. */
  give(text: ByteBuffer): void
  /** Counts buffers as gone that may still be read. */
  discard(count: number): void
  /** True if so many are in use that a user should wait for its own before it takes more. */
  isScarce(): boolean
}

/** Enough to keep both processor and disk busy; a text is one to two MiB. */
const ENOUGH = 4

/** Larger texts, from unusually large rows, are discarded, so that they do not occupy memory forever. */
const KEPT_BYTES = 4 * 1024 * 1024

export function textPool(): TextPool {
  const list = freeList(() => byteBuffer(0))
  return {
    take: list.take,
    give(text) {
      text.length = 0
      if (text.bytes.length > KEPT_BYTES) list.discard(1)
      else list.give(text)
    },
    discard: list.discard,
    isScarce: () => list.taken() >= ENOUGH,
  }
}
