import { type ByteBuffer, byteBuffer } from './byte-buffer.ts'
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

/** A page of usage details takes about this much, and grows its buffers once if it takes more. */
const PAGE_BYTES = 1024 * 1024
const PAGE_ROWS = 1_000

export function rowBuffers(): RowBuffers {
  return {
    rest: byteBuffer(64 * 1024),
    lines: byteBuffer(PAGE_BYTES),
    lineEnds: intList(PAGE_ROWS),
    csv: byteBuffer(PAGE_BYTES),
    dates: intList(PAGE_ROWS),
  }
}

/** Row buffers to be used in turn. What is not given back is collected as garbage. */
export interface RowBufferPool {
  take(): RowBuffers
  /** Gives back buffers of which nobody holds a view any more. */
  give(buffers: RowBuffers): void
}

/** Buffers that have grown beyond this are let go, so that one large page does not stay for ever. */
const KEPT_BYTES = 4 * PAGE_BYTES

export function rowBufferPool(): RowBufferPool {
  const free: RowBuffers[] = []
  return {
    take: () => free.pop() ?? rowBuffers(),
    give(buffers) {
      const { rest, lines, csv } = buffers
      if (Math.max(rest.bytes.length, lines.bytes.length, csv.bytes.length) > KEPT_BYTES) return
      free.push(buffers)
    },
  }
}
