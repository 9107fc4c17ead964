/**
 * Where everything stands in the kernel's memory. It never grows, so what the host maps once stays
 * mapped. `shared/rows/json/row-kernel.ts` reads these addresses from the exports.
 */

/** Columns, and members of a row, that a layout may have. */
export const MAX_COLUMNS: u32 = 126

/** A member as the row before had it: its token, a mask of the token's bytes, length and column. */
export const ENTRY_BYTES: u32 = 80
export const ENTRY_MASK: u32 = 32
export const ENTRY_LENGTH: u32 = 64
export const ENTRY_COLUMN: u32 = 68
/** 1 if the member goes into `otherFields`; the host sets {@link ENTRY_SEEN} back. */
export const ENTRY_OTHER: u32 = 72
export const ENTRY_SEEN: u32 = 76
/** Longest token, quotes and colon included. */
export const MAX_TOKEN: u32 = 32

export const TEMPLATE: u32 = 1024
/** Per column, what to copy into the CSV: start, and length with the value's {@link Escapes} on top. */
export const FIELDS: u32 = TEMPLATE + 128 * ENTRY_BYTES
/** The columns in the CSV's order, as u32; {@link OTHER_FIELDS} among them. */
export const CSV_ORDER: u32 = FIELDS + 128 * 8
/** Stands for the CSV column `otherFields`, and for no column at all. */
export const OTHER_FIELDS: u32 = MAX_COLUMNS
/** The columns that are summed, as u32. */
export const DECIMALS: u32 = CSV_ORDER + 128 * 4
export const MAX_DECIMALS: u32 = 8

/** What makes a row one: columns as u32, a group behind the other, each ended by {@link OTHER_FIELDS}. */
export const IDENTITY: u32 = DECIMALS + 64
export const MAX_IDENTITY: u32 = 32

/** Per decimal column what the row adds: addresses of two sums as u32 (0: nothing), two i64. */
export const PENDING: u32 = IDENTITY + MAX_IDENTITY * 4
export const PENDING_BYTES: u32 = 24

/** Per decimal column and scale (digits behind the point) a sum of mantissas, as i64. */
export const SUMS: u32 = PENDING + MAX_DECIMALS * PENDING_BYTES
export const MAX_SCALE: u32 = 64
export const SUM_BYTES: u32 = MAX_SCALE * 8

/** Members of the row that go into `otherFields`: start and end of `"key":value`, as u32. */
export const OTHERS: u32 = SUMS + MAX_DECIMALS * SUM_BYTES

export const MAX_ROWS: u32 = 4096
/** Per row the position behind it in the frame, and its usage date as yyyymmdd, each as u32. */
export const ROW_ENDS: u32 = OTHERS + 128 * 8
export const DATES: u32 = ROW_ENDS + MAX_ROWS * 4

/** The piece of the body that is looked at, with zeros behind it. */
export const FRAME: u32 = DATES + MAX_ROWS * 4
export const FRAME_BYTES: u32 = 192 * 1024
/** Bytes that may be read behind the frame's end. */
export const SLACK: u32 = 64

export const CSV: u32 = FRAME + FRAME_BYTES + SLACK
export const CSV_BYTES: u32 = 512 * 1024
