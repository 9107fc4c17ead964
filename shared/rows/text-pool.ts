import { type ByteBuffer, byteBuffer } from './byte-buffer.ts'
import { freeList } from './free-list.ts'

/** Buffers for the texts of blocks, used in turn by all files that are written at once. */
export interface TextPool {
  take(): ByteBuffer
  /** Gives back a buffer of which nobody holds a view any more. */
  give(text: ByteBuffer): void
  /** Buffers that are not given back: somebody may still read them. */
  lose(count: number): void
  /** True if so many are in use that their users should wait for their own before they take more. */
  isScarce(): boolean
}

/** Enough for both the processor and the disk to have work; a text is one to two MiB. */
const ENOUGH = 4

/** A text that rows far larger than usual have made is let go, so that it does not stay for ever. */
const KEPT_BYTES = 4 * 1024 * 1024

export function textPool(): TextPool {
  const list = freeList(() => byteBuffer(0))
  return {
    take: list.take,
    give(text) {
      text.length = 0
      if (text.bytes.length > KEPT_BYTES) list.lose(1)
      else list.give(text)
    },
    lose: list.lose,
    isScarce: () => list.taken() >= ENOUGH,
  }
}
