/**
 * The fast path of CSV: records as JSON rows and as CSV, sixteen bytes at a time and more. It takes a record only if it
 * is well formed and all that it says can be told by its bytes; any other one is left, untouched, to the slow path,
 * which also words the errors.
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
/** A record's bytes stand up to so often in the CSV. */
let csvShare: u32 = 0
/** What a row may take beyond its record's bytes. */
let tokenBytes: u32 = 0

/** Bytes of both outputs that the last call wrote. */
export let lineBytes: u32 = 0
export let csvBytes: u32 = 0
/** Why the last call stopped: the frame ends behind a record, … */
export const ENDED: u32 = 0
/** … there is no room for more before the host has taken what is there, … */
export const FULL: u32 = 1
/** … or the next record is left to the slow path, because of what stands at {@link failedAt}. */
export const LEFT: u32 = 2
export let status: u32 = ENDED
export let failedAt: u32 = 0

/** Says what the tables in memory hold. */
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
  // A byte is up to six of JSON, and up to twice that in `otherFields`.
  csvShare = otherCount === 0 ? 2 : 14
  tokenBytes = tokens
  setRow(columnCount, otherCount, lateCount, decimalCount, date, identityCount)
}

/** Takes the records from `pos` on; the frame ends at `end`. Returns the position behind the last one. */
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
    // Another number of fields, a blank line, or maybe the header again.
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
