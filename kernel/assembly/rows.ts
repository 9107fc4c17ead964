/**
 * The fast path for JSON rows, sixteen bytes at a time. It only takes a row that is valid JSON with the same
 * keys as the previous row and no white space between tokens. It leaves every other row to the slow path,
 * which also reports errors.
 */
import { CLOSE_BRACE, COLON, COMMA, MINUS, OPEN_BRACE, QUOTE, ZERO } from './bytes'
import { dateAt, NOT_ISO } from './dates'
import { addPending, readNumber, sumsAreEmpty, sumsAreFull } from './decimals'
import {
  CSV,
  CSV_BYTES,
  DATES,
  DECIMALS,
  ENTRY_BYTES,
  ENTRY_COLUMN,
  ENTRY_LENGTH,
  ENTRY_MASK,
  ENTRY_OTHER,
  ENTRY_SEEN,
  FIELDS,
  IDENTITY,
  MAX_ROWS,
  OTHER_FIELDS,
  OTHERS,
  PENDING,
  PENDING_BYTES,
  ROW_ENDS,
  SLACK,
  SUM_BYTES,
  SUMS,
  TEMPLATE,
} from './memory'
import { setField, writeRow } from './row-csv'
import { FAILED, PLAIN, scanNumber, scannedString, scanString, stoppedAt, WITH_COMMA } from './scan'

export * from './memory'
export { sumsAreEmpty }

const NULL: u32 = 0x6c6c756e
const TRUE: u32 = 0x65757274
const ALSE: u32 = 0x65736c61
const F: u8 = 0x66

let columns: u32 = 0
let csvColumns: u32 = 0
let decimals: u32 = 0
let dateColumn: i32 = -1
let identity: u32 = 0
let members: u32 = 0
/** Bytes of {@link OTHERS} used by the current row. */
let others: u32 = 0

/** Number of rows taken by the last call. */
export let rowCount: u32 = 0
/** True if a row of the last call had members for `otherFields`. */
export let sawOthers: bool = false
/** Bytes of CSV written by the last call. */
export let csvBytes: u32 = 0
/** Why the last call stopped: no further row directly follows the last one, … */
export const ENDED: u32 = 0
/** … the host must take the output before there is room for more, … */
export const FULL: u32 = 1
/** … or the next row needs the slow path, because of the byte at {@link failedAt}. */
export const LEFT: u32 = 2
export let status: u32 = ENDED
export let failedAt: u32 = 0

/** Sets the sizes of the tables in memory. `dateColumn`: -1 for none. */
export function setLayout(
  columnCount: u32,
  csvColumnCount: u32,
  decimalCount: u32,
  date: i32,
  identityCount: u32,
): void {
  columns = columnCount
  csvColumns = csvColumnCount
  decimals = decimalCount
  dateColumn = date
  identity = identityCount
}

/** Members of the template. */
export function setMembers(count: u32): void {
  members = count
}

/**
 * Takes rows separated by commas, the first at `pos`, and writes them as CSV. Returns the position after the
 * last one (`pos` if there is none). Zeros must follow the frame.
 */
export function takeRows(pos: u32): u32 {
  rowCount = 0
  status = FULL
  sawOthers = false
  let target = CSV
  let done = pos
  while (rowCount < MAX_ROWS && !sumsAreFull) {
    const end = scanRow(pos)
    if (end === FAILED) {
      status = LEFT
      break
    }
    // A byte of JSON becomes at most two of CSV, and twice that if a field is also in otherFields.
    if (target + (end - pos) * 4 + csvColumns + SLACK > CSV + CSV_BYTES) {
      if (rowCount === 0) status = LEFT
      break
    }
    const date = dateColumn < 0 ? 0 : dateAt(FIELDS + (dateColumn as u32) * 8)
    if (date === NOT_ISO || !isRow() || !readDecimals()) {
      failedAt = pos
      status = LEFT
      break
    }
    for (let i: u32 = 0; i < decimals; i++) addPending(PENDING + i * PENDING_BYTES)
    if (others !== 0) sawOthers = true
    target = writeRow(target, csvColumns, others)
    store<u32>(ROW_ENDS + rowCount * 4, end)
    store<u32>(DATES + rowCount * 4, date)
    rowCount++
    done = end
    if (load<u8>(end) !== COMMA || load<u8>(end + 1) !== OPEN_BRACE) {
      status = ENDED
      break
    }
    pos = end + 1
  }
  csvBytes = target - CSV
  return done
}

/** Records in {@link FIELDS} what to copy from the row at `pos`; returns the position after it. */
function scanRow(pos: u32): u32 {
  for (let at = FIELDS; at < FIELDS + columns * 8; at += 16) v128.store(at, i64x2.splat(0))
  others = 0
  let entry = TEMPLATE
  const lastEntry = TEMPLATE + members * ENTRY_BYTES
  for (;;) {
    // Here `pos` is at the brace or comma before a key.
    pos++
    if (entry === lastEntry) break
    const low = v128.xor(v128.load(pos), v128.load(entry))
    const high = v128.xor(v128.load(pos, 16), v128.load(entry, 16))
    const differs = v128.or(
      v128.and(low, v128.load(entry, ENTRY_MASK)),
      v128.and(high, v128.load(entry, ENTRY_MASK + 16)),
    )
    if (v128.any_true(differs)) break
    const start = pos
    const member = entry
    pos += load<u32>(entry, ENTRY_LENGTH)
    const field = FIELDS + load<u32>(entry, ENTRY_COLUMN) * 8
    entry += ENTRY_BYTES

    const byte = load<u8>(pos)
    if (byte === QUOTE) {
      const close = scanString(pos + 1)
      if (close === FAILED) {
        pos = stoppedAt
        break
      }
      const length = close - pos - 1
      if (scannedString === WITH_COMMA || length === 0) {
        setField(field, pos, length + 2, PLAIN)
      } else {
        setField(field, pos + 1, length, scannedString)
      }
      pos = close + 1
    } else if (byte === MINUS || byte - ZERO < 10) {
      const end = scanNumber(pos)
      if (end === FAILED) break
      setField(field, pos, end - pos, PLAIN)
      pos = end
    } else if (load<u32>(pos) === NULL) {
      setField(field, pos, 0, PLAIN)
      pos += 4
    } else if (load<u32>(pos) === TRUE) {
      setField(field, pos, 4, PLAIN)
      pos += 4
    } else if (byte === F && load<u32>(pos + 1) === ALSE) {
      setField(field, pos, 5, PLAIN)
      pos += 5
    } else {
      break
    }
    if (load<u32>(member, ENTRY_OTHER) !== 0) {
      store<u32>(OTHERS + others, start)
      store<u32>(OTHERS + others + 4, pos)
      store<u32>(member, 1, ENTRY_SEEN)
      others += 8
    }
    const behind = load<u8>(pos)
    if (behind === CLOSE_BRACE) return pos + 1
    if (behind !== COMMA) break
  }
  failedAt = pos
  return FAILED
}

/** True if the row has a value in each group of {@link IDENTITY}. Null and missing values have no length. */
function isRow(): bool {
  let isFound = false
  for (let at = IDENTITY; at < IDENTITY + identity * 4; at += 4) {
    const column = load<u32>(at)
    if (column !== OTHER_FIELDS) {
      if (load<u32>(FIELDS + column * 8 + 4) !== 0) isFound = true
    } else {
      if (!isFound) return false
      isFound = false
    }
  }
  return true
}

/** Reads the row's decimals; false, and nothing added, if one is not a number or needs the slow path. */
function readDecimals(): bool {
  for (let i: u32 = 0; i < decimals; i++) {
    const pending = PENDING + i * PENDING_BYTES
    store<u32>(pending, 0)
    const field = FIELDS + load<u32>(DECIMALS + i * 4) * 8
    const start = load<u32>(field)
    const length = load<u32>(field + 4)
    if (length === 0) continue
    const byte = load<u8>(start)
    const isNumber = load<u8>(start - 1) === COLON && (byte === MINUS || byte - ZERO < 10)
    if (!isNumber || !readNumber(pending, SUMS + i * SUM_BYTES, start, length)) return false
  }
  return true
}
