/** The state of a column within a row group. */
import { buffer, COLUMN_BYTES, COLUMNS, GROUP_ROWS, VALUES_BYTES } from './memory'

export const TEXT: u32 = 0
export const DECIMAL: u32 = 1
export const DATE: u32 = 2
export const BOOLEAN: u32 = 3
/** The text column that says what typed columns can't. */
export const EXACT: u32 = 4

/** Values are written once, and rows name them by number. */
export const DICTIONARY: u32 = 0
/** Values are written row by row. */
export const PLAIN: u32 = 1

export const MAX_ENTRIES: u32 = 20_000
export const MAX_SLOTS: u32 = 32_768
export const MIN_SLOTS: u32 = 1_024
/** Stands for a row without a value among the indexes of rows. */
export const NO_INDEX: u16 = 0xffff

/** Longer texts have no minimum and maximum, because they would only swell the footer. */
export const MAX_STATISTIC: u32 = 64

@unmanaged
export class Column {
  type: u32
  number: u32
  mode: u32
  /** Rows of the page that is being filled, and those of them with a value. */
  rows: u32
  present: u32
  /** Values in the PLAIN encoding: of the dictionary, or of the page. */
  values: u32
  bytes: u32
  /** Bytes that the rows' values would have without the dictionary. */
  plainBytes: u32
  /** The dictionary: entries of offset and hash as u32; slots with an entry's number + 1 as u16. */
  entries: u32
  count: u32
  slots: u32
  slotCount: u32
  /** Per row the number of its entry as u16 (in a PLAIN page: 0), or {@link NO_INDEX}. */
  indexes: u32
  /** The column's key in `exact`, with quotes and colon. */
  key: u32
  keyLength: u32
  /** Of the row group: rows without a value, and rows whose text the column can't say. */
  nulls: u32
  odd: u32
  /** 0: no value yet; 1: both known; 2: a text was too long. */
  statistics: u32
  minimumLength: u32
  maximumLength: u32
}

const MINIMUM: u32 = 128
const MAXIMUM: u32 = MINIMUM + MAX_STATISTIC

export function columnAt(number: u32): Column {
  return changetype<Column>((COLUMNS + number * COLUMN_BYTES) as usize)
}

export function minimumOf(column: Column): u32 {
  return (changetype<usize>(column) as u32) + MINIMUM
}

export function maximumOf(column: Column): u32 {
  return (changetype<usize>(column) as u32) + MAXIMUM
}

/** Creates a column. Its buffers are touched only as far as its values need them. */
export function createColumn(number: u32, type: u32, keyLength: u32): Column {
  const column = columnAt(number)
  memory.fill(changetype<usize>(column), 0, COLUMN_BYTES)
  column.type = type
  column.number = number
  column.key = buffer(keyLength)
  column.keyLength = keyLength
  column.indexes = buffer(GROUP_ROWS * 2)
  if (type !== BOOLEAN) {
    column.values = buffer(VALUES_BYTES)
    column.entries = buffer(MAX_ENTRIES * 8)
    column.slots = buffer(MAX_SLOTS * 2)
  }
  return column
}

/** Begins a row group. */
export function resetColumn(column: Column): void {
  column.mode = column.type === BOOLEAN ? PLAIN : DICTIONARY
  column.rows = 0
  column.present = 0
  column.bytes = 0
  column.plainBytes = 0
  column.count = 0
  column.nulls = 0
  column.odd = 0
  column.statistics = 0
  column.slotCount = MIN_SLOTS
  if (column.type !== BOOLEAN) memory.fill(column.slots, 0, MIN_SLOTS * 2)
}

export function isText(column: Column): bool {
  return column.type === TEXT || column.type === EXACT
}
