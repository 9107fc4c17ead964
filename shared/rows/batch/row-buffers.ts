import { type ByteBuffer, byteBuffer } from '../bytes/byte-buffer.ts'
import { freeList } from '../bytes/free-list.ts'
import { type IntList, intList } from '../bytes/int-list.ts'

/** A reader's output buffers. They are large, so they are reused instead of reallocated. */
export interface RowBuffers {
  /** Bytes of the body that end within a value. */
  readonly rest: ByteBuffer
  readonly lines: ByteBuffer
  readonly lineEnds: IntList
  readonly csv: ByteBuffer
  readonly dates: IntList
}

/** The usual size of a page of usage details; larger pages grow the buffers once. */
const PAGE_BYTES = 1.5 * 1024 * 1024
const PAGE_ROWS = 1_000

export function rowBuffers(): RowBuffers {
  return {
    rest: byteBuffer(64 * 1024),
    lines: byteBuffer(PAGE_BYTES),
    lineEnds: intList(PAGE_ROWS),
    csv: byteBuffer(PAGE_BYTES * 0.75),
    dates: intList(PAGE_ROWS),
  }
}

/** A pool of row buffers, which bounds the pages in memory, however many parts are fetched at once. */
export interface RowBufferPool {
  /**
   * Resolves when buffers are available: until then the reader of a page waits, and with it the source's
   * connection. Rejects with the signal's reason if it is aborted first.
   */
  take(signal: AbortSignal): Promise<RowBuffers>
  /** Returns buffers that no longer have any views. */
  give(buffers: RowBuffers): void
  /** How many are in use. */
  taken(): number
}

/** Buffers beyond this size are discarded, so that one large page does not occupy memory forever. */
const KEPT_BYTES = 4 * PAGE_BYTES

/**
 * At most `limit` are in use at once. A holder must never wait for more before returning its own, or a
 * deadlock is possible.
 */
export function rowBufferPool(limit: number): RowBufferPool {
  const list = freeList(rowBuffers)
  const waiting = new Set<(buffers: RowBuffers) => void>()
  return {
    async take(signal) {
      signal.throwIfAborted()
      if (list.taken() < limit) return list.take()
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(come)
          reject(signal.reason as Error)
        }
        const come = (buffers: RowBuffers): void => {
          signal.removeEventListener('abort', leave)
          resolve(buffers)
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.add(come)
      })
    },
    give(buffers) {
      const { rest, lines, csv } = buffers
      const isLarge = Math.max(rest.bytes.length, lines.bytes.length, csv.bytes.length) > KEPT_BYTES
      const [next] = waiting // first come, first served
      if (next !== undefined) {
        waiting.delete(next)
        next(isLarge ? rowBuffers() : buffers)
      } else if (isLarge) {
        list.discard(1)
      } else {
        list.give(buffers)
      }
    },
    taken: list.taken,
  }
}
