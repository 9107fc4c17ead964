/**
 * The layout of the encoder's memory: tables of fixed size first, then the columns' buffers, then the frame. The frame is
 * last so that the memory can grow for a record that does not fit into it.
 */

/** The maximum number of columns, including `exact`. */
export const MAX_COLUMNS: u32 = 128
/** The maximum number of rows in a row group. */
export const GROUP_ROWS: u32 = 65_536
/** A group ends earlier once its records have this many bytes, because the host holds its pages until then. */
export const GROUP_BYTES: u32 = 64 * 1024 * 1024

/** The columns' state (`column.ts`). Lower addresses hold the compiler's constants. */
export const COLUMNS: u32 = 8_192
export const COLUMN_BYTES: u32 = 256

/** The maximum number of rows that are encoded together, column by column. */
export const FRAME_ROWS: u32 = 512
/** For each column and row of the frame: start and length of the text, as u32. */
export const FIELDS: u32 = COLUMNS + MAX_COLUMNS * COLUMN_BYTES
export const FIELD_BYTES: u32 = 8
/** The length of a field without a value. */
export const NULL: u32 = u32.MAX_VALUE
/** For each row of the frame: 1 if it has a text that its typed column can't represent. */
export const ODD_ROWS: u32 = FIELDS + MAX_COLUMNS * FRAME_ROWS * FIELD_BYTES

/** The value that was read last, in the PLAIN encoding. */
export const VALUE: u32 = ODD_ROWS + FRAME_ROWS
/** Levels or indexes to be encoded, as u16. */
export const NUMBERS: u32 = VALUE + 16
/** The beginning of a page: its levels, and then its indexes or booleans. */
export const HEAD: u32 = NUMBERS + GROUP_ROWS * 2 + 16
/** The maximum size of a dictionary, and of the values of a page. */
export const VALUES_BYTES: u32 = 256 * 1024
/** The values of a page, copied from a dictionary. */
export const COLLECTED: u32 = HEAD + 256 * 1024
/** A compressed block. */
export const BLOCK: u32 = COLLECTED + VALUES_BYTES + 64
/** The compressor's hash table of positions, as u16. */
export const POSITIONS: u32 = BLOCK + 96 * 1024
export const MAX_POSITIONS: u32 = 16_384

const BUFFERS: u32 = POSITIONS + MAX_POSITIONS * 2

/** Bytes after the frame, and after each buffer, that may be read but mean nothing. */
export const SLACK: u32 = 64

let end: u32 = BUFFERS

/** Frees all buffers. */
export function freeBuffers(): void {
  end = BUFFERS
}

/** Allocates a buffer and returns its address. */
export function buffer(bytes: u32): u32 {
  const start = end
  end = (start + bytes + SLACK + 15) & ~15
  reserve(start, bytes)
  return start
}

/** The address of the frame: after all buffers. */
export function frameStart(): u32 {
  return end
}

/** Grows the memory if `bytes` bytes from `start` on do not fit. */
export function reserve(start: u32, bytes: u32): void {
  const pages = ((start + bytes + SLACK + 0xffff) >> 16) as i32
  if (pages > memory.size()) memory.grow(pages - memory.size())
}
