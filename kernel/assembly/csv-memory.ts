/**
 * Where everything stands in the memory of the CSV kernel. It never grows, so what the host maps once stays mapped.
 * `shared/rows/csv/csv-kernel.ts` reads these addresses from the exports.
 */
import { MAX_DECIMALS, MAX_SCALE } from './memory'

export { MAX_DECIMALS, MAX_SCALE } from './memory'

/** Fields that a record, and columns that a layout may have. */
export const MAX_FIELDS: u32 = 256

/** What the host writes before it gives a body's records begins here, … */
export const TABLES: u32 = 1024

/** The header's first bytes and a mask of them: what begins so may be the header again, and is left. */
export const HEADER: u32 = TABLES
export const HEADER_MASK: u32 = HEADER + 16

/** A column, or a field that has none. First the slot of its field's end, less one; 0 if no field is its own. */
export const ENTRY_BYTES: u32 = 256
/** {@link STRING}, {@link NUMBER}, or {@link DECIMAL} and which of the sums is its own. */
export const ENTRY_KIND: u32 = 4
/** What stands before its value in the JSON row: `{` or `,`, the key, the colon, a quote. */
export const ENTRY_LENGTH: u32 = 8
export const ENTRY_TOKEN: u32 = 32
/** The same with its quotes doubled, from the key on, for `otherFields`. Only of those that stand there. */
export const ENTRY_DOUBLED_LENGTH: u32 = 12
export const ENTRY_DOUBLED: u32 = 144
export const MAX_TOKEN: u32 = 112
/** Where its CSV field stands, while `otherFields` is written before it. */
export const ENTRY_CSV: u32 = 16
export const ENTRY_CSV_END: u32 = 20

export const STRING: u32 = 0
export const NUMBER: u32 = 1
export const DECIMAL: u32 = 2

/** The columns that stand before `otherFields` in the CSV, in their order. */
export const COLUMNS: u32 = HEADER_MASK + 16
/** The members of `otherFields`; first those that also have a column behind it. */
export const OTHERS: u32 = COLUMNS + MAX_FIELDS * ENTRY_BYTES

/** What makes a row one: slots as u32, a group behind the other, each ended by 0. */
export const IDENTITY: u32 = OTHERS + MAX_FIELDS * ENTRY_BYTES
export const MAX_IDENTITY: u32 = 512
/** … and ends here. */
export const TABLES_END: u32 = IDENTITY + MAX_IDENTITY * 4

/** Where the fields of a record end, as u32; before the first of them, the byte before the record. */
export const SLOTS: u32 = TABLES_END
/** Per decimal column what the row adds: addresses of two sums as u32 (0: nothing), two i64. */
export const PENDING: u32 = SLOTS + (MAX_FIELDS + 4) * 4
export const PENDING_BYTES: u32 = 24
/** Per decimal column and scale (digits behind the point) a sum of mantissas, as i64. */
export const SUMS: u32 = PENDING + MAX_DECIMALS * PENDING_BYTES
export const SUM_BYTES: u32 = MAX_SCALE * 8

export const MAX_ROWS: u32 = 4096
/** Per row the position behind its line, and its usage date as yyyymmdd, each as u32. */
export const LINE_ENDS: u32 = SUMS + MAX_DECIMALS * SUM_BYTES
export const DATES: u32 = LINE_ENDS + MAX_ROWS * 4

/** The piece of the body that is looked at, with zeros behind it. */
export const FRAME: u32 = DATES + MAX_ROWS * 4
export const FRAME_BYTES: u32 = 192 * 1024
/** Bytes that may be read behind the frame's end, and written behind what counts. */
export const SLACK: u32 = 128

export const LINES: u32 = FRAME + FRAME_BYTES + SLACK
export const LINES_BYTES: u32 = 640 * 1024
export const CSV: u32 = LINES + LINES_BYTES + SLACK
export const CSV_BYTES: u32 = 512 * 1024
/** CSV fields of {@link OTHERS}. */
export const LATE: u32 = CSV + CSV_BYTES + SLACK
export const LATE_BYTES: u32 = FRAME_BYTES + MAX_FIELDS * 2
