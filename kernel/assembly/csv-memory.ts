/**
 * The memory layout of the CSV kernel. The memory never grows, so the host's views of it stay valid.
 * `shared/rows/csv/csv-kernel.ts` reads these addresses from the exports.
 */
import { MAX_DECIMALS, MAX_SCALE } from './memory'

export { MAX_DECIMALS, MAX_SCALE } from './memory'

/** Maximum number of fields in a record, and of columns in a layout. */
export const MAX_FIELDS: u32 = 256

/** Start of the tables that the host loads for each body. */
export const TABLES: u32 = 1024

/** The header's first bytes and their mask: records that begin the same are left to the slow path. */
export const HEADER: u32 = TABLES
export const HEADER_MASK: u32 = HEADER + 16

/**
 * An entry describes one member of the rows. It begins with the address of the slot before its field's end; 0 if the
 * header does not have the column.
 */
export const ENTRY_BYTES: u32 = 256
/** {@link STRING}, {@link NUMBER}, or {@link DECIMAL} plus the index of its sum. */
export const ENTRY_KIND: u32 = 4
/** The bytes before its value in the JSON row: `{` or `,`, the key, a colon and a quote. */
export const ENTRY_LENGTH: u32 = 8
export const ENTRY_TOKEN: u32 = 32
/** The key and colon with doubled quotes, for members of `otherFields`. */
export const ENTRY_DOUBLED_LENGTH: u32 = 12
export const ENTRY_DOUBLED: u32 = 144
export const MAX_TOKEN: u32 = 112
/** Start and end of its CSV field in {@link LATE}. */
export const ENTRY_CSV: u32 = 16
export const ENTRY_CSV_END: u32 = 20

export const STRING: u32 = 0
export const NUMBER: u32 = 1
export const DECIMAL: u32 = 2

/** Entries of the columns before `otherFields` in the CSV, in order. */
export const COLUMNS: u32 = HEADER_MASK + 16
/** Entries of the members of `otherFields`; first those that also have a column after it. */
export const OTHERS: u32 = COLUMNS + MAX_FIELDS * ENTRY_BYTES

/** Groups of slots (u32), each terminated by 0: a row has a value in every group. */
export const IDENTITY: u32 = OTHERS + MAX_FIELDS * ENTRY_BYTES
export const MAX_IDENTITY: u32 = 512
/** End of the tables. */
export const TABLES_END: u32 = IDENTITY + MAX_IDENTITY * 4

/** Where the fields of the current record end (u32); the first slot holds the byte before the record. */
export const SLOTS: u32 = TABLES_END
/** Per decimal column what the row adds: addresses of two sums (u32; 0: nothing), two i64. */
export const PENDING: u32 = SLOTS + (MAX_FIELDS + 4) * 4
export const PENDING_BYTES: u32 = 24
/** Per decimal column and scale (digits after the point) a sum of mantissas, as i64. */
export const SUMS: u32 = PENDING + MAX_DECIMALS * PENDING_BYTES
export const SUM_BYTES: u32 = MAX_SCALE * 8

export const MAX_ROWS: u32 = 4096
/** Per row the end of its line, and its usage date as yyyymmdd (u32). */
export const LINE_ENDS: u32 = SUMS + MAX_DECIMALS * SUM_BYTES
export const DATES: u32 = LINE_ENDS + MAX_ROWS * 4

/** The current piece of the body, followed by zeros. */
export const FRAME: u32 = DATES + MAX_ROWS * 4
export const FRAME_BYTES: u32 = 192 * 1024
/** Bytes after the frame that may be read, and after an output that may be overwritten. */
export const SLACK: u32 = 128

/** The outputs: JSON rows and CSV records. */
export const LINES: u32 = FRAME + FRAME_BYTES + SLACK
export const LINES_BYTES: u32 = 640 * 1024
export const CSV: u32 = LINES + LINES_BYTES + SLACK
export const CSV_BYTES: u32 = 512 * 1024
/** CSV fields of {@link OTHERS}, until `otherFields` has been written before them. */
export const LATE: u32 = CSV + CSV_BYTES + SLACK
export const LATE_BYTES: u32 = FRAME_BYTES + MAX_FIELDS * 2
