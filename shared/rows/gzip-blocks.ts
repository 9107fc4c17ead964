/**
 * The gzip member of a JSON file: one deflate stream whose blocks can each be read alone, because a
 * full flush ends every one of them. A full flush forgets the window, so blocks can be deflated
 * independently of each other, in the thread pool, and put one behind the other (as pigz does).
 */
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, inflateRaw } from 'node:zlib'
import type { Block } from './blocks.ts'
import { CLOSE_BRACKET, COMMA, NEWLINE, OPEN_BRACKET } from './json-scan.ts'

const deflateRawAsync = promisify<Uint8Array, object, Buffer>(deflateRaw)
const inflateRawAsync = promisify<Uint8Array, object, Buffer>(inflateRaw)

/**
 * Level 1: on billing rows it is several times as fast as level 6 for about a fifth more bytes, and
 * the open month is written every day (bench/README.md has the figures).
 */
const LEVEL = 1

/** RFC 1952: magic, deflate, no flags, no time, extra flags 4 (fastest), unknown system. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255])

/** An empty final deflate block, which ends the stream. */
const FINAL_BLOCK = Buffer.from([3, 0])

/** A block deflated, with what the trailer needs. */
export interface DeflatedBlock {
  readonly bytes: Buffer
  readonly text: Buffer
}

/**
 * The text of a block as it stands in the array: every row line with the byte that separates it from
 * the line before, which is `[` for the part's first row and `,` for all others.
 */
export function blockText(block: Block, isFirst: boolean): Buffer {
  const text = Buffer.allocUnsafe(block.lines.length + block.rows)
  let from = 0
  let at = 0
  for (const end of block.lineEnds) {
    text[at++] = isFirst && from === 0 ? OPEN_BRACKET : COMMA
    text.set(block.lines.subarray(from, end), at)
    at += end - from
    from = end
  }
  return text
}

/** Deflates a block's text up to a full flush. */
export async function deflateBlock(text: Buffer): Promise<DeflatedBlock> {
  const bytes = await deflateRawAsync(text, {
    level: LEVEL,
    finishFlush: constants.Z_FULL_FLUSH,
  })
  return { bytes, text }
}

/**
 * Gives the row lines' text of one block, inflated alone from the bytes between its offset and the
 * next one's: rows separated by `\n,`, without the separators at either end.
 */
export async function inflateBlock(bytes: Uint8Array): Promise<Buffer> {
  const text = await inflateRawAsync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
  return text.subarray(1, text.length - 1)
}

/** Keeps count of what the gzip trailer says of the whole text. */
export interface GzipTrailer {
  add(text: Uint8Array): void
  /** The end of the array, of the stream and of the member. `isEmpty`: no row was written. */
  end(isEmpty: boolean): Promise<Buffer>
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
    async end(isEmpty) {
      const text = Buffer.from(
        isEmpty ? [OPEN_BRACKET, CLOSE_BRACKET, NEWLINE] : [CLOSE_BRACKET, NEWLINE],
      )
      add(text)
      const trailer = Buffer.alloc(8)
      trailer.writeUInt32LE(crc, 0)
      trailer.writeUInt32LE(size, 4)
      return Buffer.concat([(await deflateBlock(text)).bytes, FINAL_BLOCK, trailer])
    },
  }
}
