/**
 * The gzip member of a JSON file: one deflate stream whose blocks can each be read alone, because every block
 * ends with a full flush. A full flush forgets the window, so blocks can be deflated independently, in the
 * thread pool, and concatenated (as pigz does).
 */
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, deflateRawSync, inflateRaw } from 'node:zlib'
import { BLOCK_BYTES } from '../limits.ts'

const deflateRawAsync = promisify<Uint8Array, object, Buffer>(deflateRaw)
const inflateRawAsync = promisify<Uint8Array, object, Buffer>(inflateRaw)

/**
 * Level 1: on billing rows it is several times as fast as level 6 for about a fifth more bytes, and the open
 * month is rewritten every day (bench/README.md has the figures).
 */
const LEVEL = 1

/** Typical compression of a block of billing rows is a factor of five to seven. */
const USUAL_RATIO = 8

/** zlib's minimum is 64 bytes; this is a few rows. */
const MIN_CHUNK_BYTES = 4_096

/** For blocks whose rows are far larger than usual and compress badly: more round trips, less memory. */
const MAX_CHUNK_BYTES = 2 * BLOCK_BYTES

/** RFC 1952: magic, deflate, no flags, no time, extra flags 4 (fastest), unknown system. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255])

/** An empty final deflate block, which ends the stream. */
const FINAL_BLOCK = Buffer.from([3, 0])

/** Deflates a block's text up to a full flush. */
export type DeflateBlock = (text: Uint8Array) => Promise<Buffer>

/** Deflates in the thread pool. */
export const deflateBlock: DeflateBlock = (text) => {
  return deflateRawAsync(text, {
    level: LEVEL,
    finishFlush: constants.Z_FULL_FLUSH,
    // One output chunk for everything: each further chunk is another round trip to the thread pool.
    chunkSize: Math.max(MIN_CHUNK_BYTES, text.length >> 2),
  })
}

/**
 * Returns the row lines' text of one block, inflated alone from the bytes between its offset and the next
 * one's: rows separated by `\n,`, without the separators at either end.
 */
export async function inflateBlock(bytes: Uint8Array): Promise<Buffer> {
  const text = await inflateRawAsync(bytes, {
    finishFlush: constants.Z_SYNC_FLUSH,
    // Usually one output chunk: each further chunk is a round trip to the thread pool, and a copy.
    chunkSize: Math.min(Math.max(MIN_CHUNK_BYTES, bytes.length * USUAL_RATIO), MAX_CHUNK_BYTES),
  })
  return text.subarray(1, text.length - 1)
}

/** Computes the gzip trailer of the whole text. */
export interface GzipTrailer {
  add(text: Uint8Array): void
  /** The end of the stream and of the member; `end` is the last of the text. */
  end(end: Uint8Array): Buffer
}

export function gzipTrailer(): GzipTrailer {
  let crc = 0
  let size = 0
  const add = (text: Uint8Array): void => {
    crc = crc32(text, crc)
    size = (size + text.length) % 2 ** 32
  }
  return {
    add,
    end(end) {
      add(end)
      const trailer = Buffer.alloc(8)
      trailer.writeUInt32LE(crc, 0)
      trailer.writeUInt32LE(size, 4)
      const deflated = deflateRawSync(end, { level: LEVEL, finishFlush: constants.Z_FULL_FLUSH })
      return Buffer.concat([deflated, FINAL_BLOCK, trailer])
    },
  }
}
