/**
 * Where everything stands in the encoder's memory: tables of fixed size first, then the buffers of the columns, and last
 * the frame, so that the memory can grow behind it for a record that does not fit.
 */

/** Columns that a table may have. */
export const MAX_COLUMNS: u32 = 128
/** Rows that a row group may have. */
export const GROUP_ROWS: u32 = 65_536
/** A group ends earlier once its records have this many bytes, because its pages are held until it ends. */
export const GROUP_BYTES: u32 = 64 * 1024 * 1024

/** The columns' state: see `column.ts`. The compiler's own constants stand below. */
export const COLUMNS: u32 = 8_192
export const COLUMN_BYTES: u32 = 256

/** Rows that are looked at together, column by column. */
export const FRAME_ROWS: u32 = 512
/** Per column and row of the frame: start and length of the text, as u32. */
export const FIELDS: u32 = COLUMNS + MAX_COLUMNS * COLUMN_BYTES
export const FIELD_BYTES: u32 = 8
/** The length of a field without a value. */
export const NULL: u32 = u32.MAX_VALUE
/** Per row of the frame: 1 if a typed column can't say its text. */
export const ODD_ROWS: u32 = FIELDS + MAX_COLUMNS * FRAME_ROWS * FIELD_BYTES

/** A value on its way into a column. */
export const VALUE: u32 = ODD_ROWS + FRAME_ROWS
/** A column's levels or indexes, as u16. */
export const NUMBERS: u32 = VALUE + 16
/** The first bytes of a page: levels, and indexes or flags. */
export const HEAD: u32 = NUMBERS + GROUP_ROWS * 2 + 16
/** Bytes of values that a column or a page holds. */
export const VALUES_BYTES: u32 = 256 * 1024
/** Values of a page that are collected from a dictionary. */
export const COLLECTED: u32 = HEAD + 256 * 1024
/** Compressed bytes. */
export const BLOCK: u32 = COLLECTED + VALUES_BYTES + 64
/** Positions that the compressor remembers, as u16. */
export const POSITIONS: u32 = BLOCK + 96 * 1024
export const MAX_POSITIONS: u32 = 16_384

const BUFFERS: u32 = POSITIONS + MAX_POSITIONS * 2

/** Bytes that may be read behind the frame, and behind a buffer. */
export const SLACK: u32 = 64

let end: u32 = BUFFERS

/** Gives all buffers back. */
export function freeBuffers(): void {
  end = BUFFERS
}

/** The address of a new buffer. */
export function buffer(bytes: u32): u32 {
  const start = end
  end = (start + bytes + SLACK + 15) & ~15
  reserve(start, bytes)
  return start
}

/** The address of the frame: behind all buffers. */
export function frameStart(): u32 {
  return end
}

/** Makes sure that `bytes` can be written from `start` on. */
export function reserve(start: u32, bytes: u32): void {
  const pages = ((start + bytes + SLACK + 0xffff) >> 16) as i32
  if (pages > memory.size()) memory.grow(pages - memory.size())
}
