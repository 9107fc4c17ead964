/** The state of a column within a row group. */
import { buffer, COLUMN_BYTES, COLUMNS, GROUP_ROWS, VALUES_BYTES } from './memory'

export const TEXT: u32 = 0
export const DECIMAL: u32 = 1
export const DATE: u32 = 2
export const BOOLEAN: u32 = 3
/** The text column with the texts that typed columns can't represent. */
export const EXACT: u32 = 4

/** Mode: each distinct value is written once, and rows refer to it by index. */
export const DICTIONARY: u32 = 0
/** Mode: each row's value is written. */
export const PLAIN: u32 = 1

export const MAX_ENTRIES: u32 = 20_000
export const MAX_SLOTS: u32 = 32_768
export const MIN_SLOTS: u32 = 1_024
/** The index of a row without a value. */
export const NO_INDEX: u16 = 0xffff

/** Longer texts have no minimum and maximum, because these would only make the footer larger. */
export const MAX_STATISTIC: u32 = 64

@unmanaged
export class Column {
  type: u32
  number: u32
  mode: u32
  /** Rows of the current page, and those of them with a value. */
  rows: u32
  present: u32
  /** The dictionary's or the page's values in the PLAIN encoding: address and size. */
  values: u32
  bytes: u32
  /** The size of the rows' values if there were no dictionary. */
  plainBytes: u32
  /** The dictionary's entries (offset and hash, as u32), and its hash table (index + 1, as u16). */
  entries: u32
  count: u32
  slots: u32
  slotCount: u32
  /** For each row of the page, as u16: the index of its entry (0 in PLAIN pages), the boolean, or {@link NO_INDEX}. */
  indexes: u32
  /** The column's key in `exact`, with quotes and colon. */
  key: u32
  keyLength: u32
  /** In the row group: rows without a value, and rows whose text the column can't represent. */
  nulls: u32
  odd: u32
  /** Whether minimum and maximum are known: see `statistics.ts`. */
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

/** Creates a column. Buffers are not cleared, so memory pages that no value needs are never touched. */
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

/** Prepares a column for the next row group. */
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
