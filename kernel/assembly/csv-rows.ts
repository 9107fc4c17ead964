/**
 * The fast path for CSV: reads records and writes them as JSON rows and as CSV. It only takes well-formed records without
 * odd values; it stops at any other record and leaves it to the slow path, which also reports errors.
 */
import { COMMA, CR } from './bytes'
import { BLOCK, badAt, beginRecord, blockIsOdd, endsIn } from './csv-blocks'
import {
  CSV,
  CSV_BYTES,
  HEADER,
  HEADER_MASK,
  LINES,
  LINES_BYTES,
  MAX_ROWS,
  SLOTS,
} from './csv-memory'
import { beginRows, csv, line, rowCount, setRow, takeRow } from './csv-row'
import { sumsAreEmpty, sumsAreFull } from './decimals'

export * from './csv-memory'
export { rowCount, sumsAreEmpty }

let fields: u32 = 0
/** The most bytes of CSV that one byte of a record can become. */
let csvShare: u32 = 0
/** The most bytes that keys, quotes and nulls add to a row. */
let tokenBytes: u32 = 0

/** Bytes that the last call wrote. */
export let lineBytes: u32 = 0
export let csvBytes: u32 = 0
/** Why the last call stopped. The frame ends after a record. */
export const ENDED: u32 = 0
/** The host must take the output before there is room for more. */
export const FULL: u32 = 1
/** The next record needs the slow path, because of the byte at {@link failedAt}. */
export const LEFT: u32 = 2
export let status: u32 = ENDED
export let failedAt: u32 = 0

/** Sets the sizes of the tables in memory. */
export function setTables(
  fieldCount: u32,
  columnCount: u32,
  otherCount: u32,
  lateCount: u32,
  decimalCount: u32,
  date: u32,
  identityCount: u32,
  tokens: u32,
): void {
  fields = fieldCount
  // A byte becomes up to six bytes of JSON, twice that in `otherFields`, and two more in a late column.
  csvShare = otherCount === 0 ? 2 : 14
  tokenBytes = tokens
  setRow(columnCount, otherCount, lateCount, decimalCount, date, identityCount)
}

/** Reads records from `pos` to the frame's end at most. Returns the position after the last one. */
export function takeRecords(pos: u32, end: u32): u32 {
  beginRows()
  status = FULL
  failedAt = 0
  const lastSlot = SLOTS + fields * 4
  let record = pos
  let block = pos
  let slot = SLOTS + 4
  store<u32>(SLOTS, pos - 1)
  beginRecord()
  let ends = endsIn(block)
  let isOdd = blockIsOdd
  while (rowCount < MAX_ROWS && !sumsAreFull) {
    while (ends === 0) {
      block += BLOCK
      if (badAt !== 0 || block >= end) {
        stop(badAt !== 0 ? badAt : end)
        break
      }
      ends = endsIn(block)
      isOdd = isOdd || blockIsOdd
    }
    if (ends === 0) break
    const at = block + (ctz(ends) as u32)
    ends &= ends - 1
    store<u32>(slot, at)
    if (load<u8>(at) === COMMA) {
      if (slot === lastSlot) {
        stop(at)
        break
      }
      slot += 4
      continue
    }
    const last = at > record && load<u8>(at - 1) === CR ? at - 1 : at
    store<u32>(slot, last)
    // Too few fields, a blank line, or possibly the header again.
    if (slot !== lastSlot || last === record || isLikeHeader(record)) {
      stop(record)
      break
    }
    if (!hasRoom(at - record)) {
      if (rowCount === 0) stop(record)
      break
    }
    if (!takeRow(isOdd)) {
      stop(record)
      break
    }
    record = at + 1
    store<u32>(SLOTS, at)
    slot = SLOTS + 4
    isOdd = blockIsOdd
    if (record === end) {
      status = ENDED
      break
    }
  }
  lineBytes = line - LINES
  csvBytes = csv - CSV
  return record
}

function stop(at: u32): void {
  status = LEFT
  failedAt = at
}

function isLikeHeader(record: u32): bool {
  const differs = v128.xor(v128.load(record), v128.load(HEADER))
  return !v128.any_true(v128.and(differs, v128.load(HEADER_MASK)))
}

function hasRoom(recordBytes: u32): bool {
  return (
    line + recordBytes * 6 + tokenBytes <= LINES + LINES_BYTES &&
    csv + recordBytes * csvShare + tokenBytes * 2 <= CSV + CSV_BYTES
  )
}
