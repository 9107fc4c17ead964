/**
 * Encodes CSV records as the row groups of a Parquet file: V1 data pages, PLAIN and RLE_DICTIONARY, SNAPPY. What it writes
 * depends on nothing but the records and where groups are ended.
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
import { readDecimal, SAID, UNSAID } from './decimal'
import { writeExact } from './exact'
import {
  FIELD_BYTES,
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
import { addFlag, addNull, addValue } from './values'

export { MAX_COLUMNS }

/** Columns of the records, without the one that is added: `exact`. */
let columns: u32 = 0

/** Rows of the row group so far, and the bytes of their records. */
export let groupRows: u32 = 0
let groupBytes: u32 = 0

/** True if the group has to be ended before more records are taken. */
export let isGroupFull: bool = false
/** True if the last record that was looked at has another number of fields, or is not a record. */
export let isMalformed: bool = false

/** Begins a table; its columns are created one after the other, `exact` last. */
export function beginTable(): void {
  freeBuffers()
  columns = 0
}

/** Creates a column. Returns the address at which the host writes its key in `exact`. */
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

/** Ends the row group: the rest of its pages is written. */
export function endGroup(): void {
  for (let number: u32 = 0; number <= columns; number++) flushColumn(columnAt(number))
}

/** The address of the frame, with room for `bytes`; memory may have grown. */
export function frame(bytes: u32): u32 {
  reserve(frameStart(), bytes)
  return frameStart()
}

/** Takes whole records from the frame, which holds `length` bytes; returns the bytes taken. */
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
  addRows(rows, end)
  groupRows += rows
  isGroupFull = groupRows === GROUP_ROWS || groupBytes >= GROUP_BYTES
  return pos - start
}

/** Adds the rows of the frame, column by column. `free`: where memory is not in use. */
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
    const said = length === NULL ? UNSAID : readDecimal(load<u32>(field), length)
    if (said === UNSAID) addNull(column)
    else addValue(column, VALUE, 16)
    noteSaid(column, field, row, said)
  }
}

function addDates(column: Column, field: u32, end: u32): void {
  for (let row: u32 = 0; field < end; field += FIELD_BYTES, row++) {
    const length = load<u32>(field, 4)
    const said = length === NULL ? UNSAID : readDate(load<u32>(field), length)
    if (said === UNSAID) addNull(column)
    else addValue(column, VALUE, 4)
    noteSaid(column, field, row, said)
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
    noteSaid(column, field, row, isTrue || isFalse ? SAID : UNSAID)
  }
}

/** Forgets the text of a field that its column says; notes the others for `exact`. */
function noteSaid(column: Column, field: u32, row: u32, said: u32): void {
  if (said === SAID) {
    store<u32>(field, NULL, 4)
  } else if (load<u32>(field, 4) !== NULL) {
    store<u8>(ODD_ROWS + row, 1)
    column.odd++
  }
}

/** What the host asks of a column when a row group has ended. */
export function nullsOf(number: u32): u32 {
  return columnAt(number).nulls
}
export function oddOf(number: u32): u32 {
  return columnAt(number).odd
}
/** True if minimum and maximum are known. */
export function hasStatistics(number: u32): bool {
  return columnAt(number).statistics === 1
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
