/**
 * Maximum number of rows in a block: the unit of a page, of a full flush and of a digest (archive format 1).
 */
export const BLOCK_ROWS = 1_000

/** A block ends earlier once its row lines have this many bytes, because it is held in memory as a whole. */
export const BLOCK_BYTES = 8 * 1024 * 1024

/** The largest accepted row, in bytes. Real rows are one or two KiB; tags make some larger. */
export const MAX_ROW_BYTES = 16 * 1024 * 1024

/** The maximum size of everything beside the rows of a body, in bytes. */
export const MAX_ENVELOPE_BYTES = 1024 * 1024

/** How many names of unknown fields are reported; the rows keep all of their fields. */
export const MAX_UNKNOWN_FIELDS = 1_000
export const MAX_NAME_LENGTH = 256

/** The deepest accepted nesting within a row. */
export const MAX_DEPTH = 64

/** The longest value of a row that is summed, in digits of plain notation. */
export const MAX_DECIMAL_DIGITS = 100

/** The longest term of a sum of sums. Sums of values have some 220 digits. */
export const MAX_TERM_DIGITS = 10_000

/** How many parts of a host are cut into slices at once: each keeps the open blocks of up to 32 slices. */
export const SLICED_PARTS = 2

/**
 * The most bytes of rows in the open blocks of a part that is cut into slices: a thousand rows of 3 KB in each of 32.
 * Larger rows end the segment earlier.
 */
export const MAX_OPEN_BYTES = 96 * 1024 * 1024
