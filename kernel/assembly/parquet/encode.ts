/**
 * Encodes CSV records as the pages of Parquet row groups: V1 data pages, PLAIN and RLE_DICTIONARY, SNAPPY. The bytes depend
 * only on the records and on where groups end.
 */
import {
  BOOLEAN,
  Column,
  columnAt,
  createColumn,
  DATE,
  DECIMAL,
  EXACT,
  maximumOf,
  minimumOf,
  resetColumn,
} from './column'
import { readDate } from './date'
import { EXACTLY, NO_VALUE, readDecimal } from './decimal'
import { writeExact } from './exact'
import { records } from './host'
import {
  FIELD_BYTES,
  FIELDS,
  FRAME_ROWS,
  frameStart,
  freeBuffers,
  GROUP_BYTES,
  GROUP_ROWS,
  MAX_COLUMNS,
  NULL,
  ODD_ROWS,
  reserve,
  VALUE,
} from './memory'
import { flushColumn } from './pages'
import { CUT, fieldsOf, findFields, MALFORMED } from './records'
import { KNOWN } from './statistics'
import { addFlag, addNull, addValue } from './values'

export { FIELDS, FRAME_ROWS, MAX_COLUMNS }

/** False: records are only found, for the host to read. */
export let isEncoding: bool = true

/** The number of fields of a record: all columns but `exact`. */
let columns: u32 = 0

/** Rows of the current row group, and the size of their records. */
export let groupRows: u32 = 0
let groupBytes: u32 = 0

/** True if the group must end before more records are taken. */
export let isGroupFull: bool = false
/** True if {@link takeRecords} met bytes that are not a record with the right number of fields. */
export let isMalformed: bool = false

/** Begins a table. Add its columns next, `exact` last. */
export function beginTable(): void {
  freeBuffers()
  columns = 0
}

/** Adds a column. Returns the address to which the host writes the column's key in `exact`. */
export function addColumn(type: u32, keyLength: u32): u32 {
  const number = type === EXACT ? columns : columns++
  return createColumn(number, type, keyLength).key
}

/** Begins a row group. */
export function beginGroup(): void {
  groupRows = 0
  groupBytes = 0
  isGroupFull = false
  for (let number: u32 = 0; number <= columns; number++) resetColumn(columnAt(number))
}

/** Ends the row group: writes the rest of its pages. */
export function endGroup(): void {
  for (let number: u32 = 0; number <= columns; number++) flushColumn(columnAt(number))
}

/** The address of the frame, which has room for `bytes`. Memory may grow. */
export function frame(bytes: u32): u32 {
  reserve(frameStart(), bytes)
  return frameStart()
}

/** Takes whole records from the `length` bytes in the frame; returns the size of these records. */
export function takeRecords(length: u32): u32 {
  const start = frameStart()
  const end = start + length
  const most = min(FRAME_ROWS, GROUP_ROWS - groupRows)
  isMalformed = false
  let pos = start
  let rows: u32 = 0
  while (rows < most && groupBytes < GROUP_BYTES) {
    const next = findFields(pos, end, columns, rows)
    if (next === CUT) break
    if (next === MALFORMED) {
      isMalformed = true
      return 0
    }
    groupBytes += next - pos
    pos = next
    rows++
  }
  records(rows)
  if (isEncoding) addRows(rows, end)
  groupRows += rows
  isGroupFull = groupRows === GROUP_ROWS || groupBytes >= GROUP_BYTES
  return pos - start
}

/** Adds the frame's rows, column by column, because each column has tables of its own. `free`: the end of used memory. */
function addRows(rows: u32, free: u32): void {
  memory.fill(ODD_ROWS, 0, FRAME_ROWS)
  for (let number: u32 = 0; number < columns; number++) {
    const column = columnAt(number)
    const field = fieldsOf(number)
    const end = field + rows * FIELD_BYTES
    if (column.type === DECIMAL) addDecimals(column, field, end)
    else if (column.type === DATE) addDates(column, field, end)
    else if (column.type === BOOLEAN) addFlags(column, field, end)
    else addTexts(column, field, end)
  }
  const exact = columnAt(columns)
  for (let row: u32 = 0; row < rows; row++) {
    if (load<u8>(ODD_ROWS + row) === 0) {
      addNull(exact)
    } else {
      addValue(exact, free, writeExact(columns, row, free) - free)
    }
  }
}

function addTexts(column: Column, field: u32, end: u32): void {
  for (; field < end; field += FIELD_BYTES) {
    const length = load<u32>(field, 4)
    if (length === NULL) addNull(column)
    else addValue(column, load<u32>(field), length)
  }
}

function addDecimals(column: Column, field: u32, end: u32): void {
  for (let row: u32 = 0; field < end; field += FIELD_BYTES, row++) {
    const length = load<u32>(field, 4)
    const exactness = length === NULL ? NO_VALUE : readDecimal(load<u32>(field), length)
    if (exactness === NO_VALUE) addNull(column)
    else addValue(column, VALUE, 16)
    noteExact(column, field, row, exactness)
  }
}

function addDates(column: Column, field: u32, end: u32): void {
  for (let row: u32 = 0; field < end; field += FIELD_BYTES, row++) {
    const length = load<u32>(field, 4)
    const exactness = length === NULL ? NO_VALUE : readDate(load<u32>(field), length)
    if (exactness === NO_VALUE) addNull(column)
    else addValue(column, VALUE, 4)
    noteExact(column, field, row, exactness)
  }
}

const TRUE: u32 = 0x65757274
const FALS: u32 = 0x736c6166
const E: u8 = 0x65

function addFlags(column: Column, field: u32, end: u32): void {
  for (let row: u32 = 0; field < end; field += FIELD_BYTES, row++) {
    const text = load<u32>(field)
    const length = load<u32>(field, 4)
    const isTrue = length === 4 && load<u32>(text) === TRUE
    const isFalse = length === 5 && load<u32>(text) === FALS && load<u8>(text + 4) === E
    if (isTrue || isFalse) addFlag(column, isTrue ? 1 : 0)
    else addNull(column)
    noteExact(column, field, row, isTrue || isFalse ? EXACTLY : NO_VALUE)
  }
}

/** Sets a field to null if its column represents the text exactly; otherwise marks the row for `exact`. */
function noteExact(column: Column, field: u32, row: u32, exactness: u32): void {
  if (exactness === EXACTLY) {
    store<u32>(field, NULL, 4)
  } else if (load<u32>(field, 4) !== NULL) {
    store<u8>(ODD_ROWS + row, 1)
    column.odd++
  }
}

// Facts about a column in the row group that has ended.

export function nullsOf(number: u32): u32 {
  return columnAt(number).nulls
}
export function oddOf(number: u32): u32 {
  return columnAt(number).odd
}
/** True if minimum and maximum are known. */
export function hasStatistics(number: u32): bool {
  return columnAt(number).statistics === KNOWN
}
export function minimumAt(number: u32): u32 {
  return minimumOf(columnAt(number))
}
export function minimumLength(number: u32): u32 {
  return columnAt(number).minimumLength
}
export function maximumAt(number: u32): u32 {
  return maximumOf(columnAt(number))
}
export function maximumLength(number: u32): u32 {
  return columnAt(number).maximumLength
}
