/**
 * The memory layout of the row kernel. The memory never grows, so the host's views of it stay valid.
 * `shared/rows/json/row-kernel.ts` reads these addresses from the exports.
 */

/** Maximum number of columns of a layout, and of members of a row. */
export const MAX_COLUMNS: u32 = 126

/** A member as in the previous row: its token, a mask of the token's bytes, length and column. */
export const ENTRY_BYTES: u32 = 80
export const ENTRY_MASK: u32 = 32
export const ENTRY_LENGTH: u32 = 64
export const ENTRY_COLUMN: u32 = 68
/** 1 if the member goes into `otherFields`; the host resets {@link ENTRY_SEEN}. */
export const ENTRY_OTHER: u32 = 72
export const ENTRY_SEEN: u32 = 76
/** Length of the longest token, with quotes and colon. */
export const MAX_TOKEN: u32 = 32

export const TEMPLATE: u32 = 1024
/**
 * Per column, what to copy into the CSV: start, and length with the value's {@link Escapes} in its top bits.
 */
export const FIELDS: u32 = TEMPLATE + 128 * ENTRY_BYTES
/** The columns in the CSV's order, as u32; {@link OTHER_FIELDS} among them. */
export const CSV_ORDER: u32 = FIELDS + 128 * 8
/** Represents the CSV column `otherFields`, or no column. */
export const OTHER_FIELDS: u32 = MAX_COLUMNS
/** The summed columns, as u32. */
export const DECIMALS: u32 = CSV_ORDER + 128 * 4
export const MAX_DECIMALS: u32 = 8

/** The identifying columns of a row: groups of u32, each terminated by {@link OTHER_FIELDS}. */
export const IDENTITY: u32 = DECIMALS + 64
export const MAX_IDENTITY: u32 = 32

/** Per decimal column what the row adds: addresses of two sums as u32 (0: nothing), two i64. */
export const PENDING: u32 = IDENTITY + MAX_IDENTITY * 4
export const PENDING_BYTES: u32 = 24

/** Per decimal column and scale (digits after the point) a sum of mantissas, as i64. */
export const SUMS: u32 = PENDING + MAX_DECIMALS * PENDING_BYTES
export const MAX_SCALE: u32 = 64
export const SUM_BYTES: u32 = MAX_SCALE * 8

/** Members of the row that go into `otherFields`: start and end of `"key":value`, as u32. */
export const OTHERS: u32 = SUMS + MAX_DECIMALS * SUM_BYTES

export const MAX_ROWS: u32 = 4096
/** Per row, the position after it in the frame, and its usage date as yyyymmdd, each as u32. */
export const ROW_ENDS: u32 = OTHERS + 128 * 8
export const DATES: u32 = ROW_ENDS + MAX_ROWS * 4

/** The current piece of the body, followed by zeros. */
export const FRAME: u32 = DATES + MAX_ROWS * 4
export const FRAME_BYTES: u32 = 192 * 1024
/** Bytes after the frame that may be read. */
export const SLACK: u32 = 64

export const CSV: u32 = FRAME + FRAME_BYTES + SLACK
export const CSV_BYTES: u32 = 512 * 1024
