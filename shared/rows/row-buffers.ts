import { type ByteBuffer, byteBuffer } from './byte-buffer.ts'
import { freeList } from './free-list.ts'
import { type IntList, intList } from './int-list.ts'

/** What a transcoder writes into. Large, so it is used again instead of being allocated anew. */
export interface RowBuffers {
  /** Bytes of the body that end within a value. */
  readonly rest: ByteBuffer
  readonly lines: ByteBuffer
  readonly lineEnds: IntList
  readonly csv: ByteBuffer
  readonly dates: IntList
}

/** A page of usage details takes about so much; what takes more grows its buffers once. */
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

/** Row buffers to be used in turn: they bound the pages in memory, however many parts are fetched at once. */
export interface RowBufferPool {
  /**
   * Resolves when there are some: whoever reads a page waits, and with it the source's connection. Rejects
   * with the signal's reason when it is aborted before that.
   */
  take(signal: AbortSignal): Promise<RowBuffers>
  /** Gives back buffers of which nobody holds a view any more. */
  give(buffers: RowBuffers): void
  /** How many are in use. */
  taken(): number
}

/** Buffers that have grown beyond this are let go, so that one large page does not stay for ever. */
const KEPT_BYTES = 4 * PAGE_BYTES

/**
 * At most `limit` are in use at once. Who holds some must never wait for more before giving them back, or
 * everybody may wait for ever.
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
      const [next] = waiting // whoever has waited longest
      if (next !== undefined) {
        waiting.delete(next)
        next(isLarge ? rowBuffers() : buffers)
      } else if (isLarge) {
        list.lose(1)
      } else {
        list.give(buffers)
      }
    },
    taken: list.taken,
  }
}
