import { INCOMPLETE } from '../scan/json-bytes.ts'
import { skipByteOrderMark } from './byte-order-mark.ts'
import { InvalidCsv, scanRecord, skipLineEnd } from './scan-record.ts'

/** Counts the records of `bytes` that end before `position`, for an error message. `isBody`: a byte order mark may come first. */
export function recordsBefore(bytes: Buffer, position: number, isBody: boolean): number {
  let pos = isBody ? Math.max(skipByteOrderMark(bytes, true), 0) : 0
  for (let records = 0; ; ) {
    const after = skipLineEnd(bytes, pos)
    const next = after > pos ? after : endOfRecord(bytes, pos)
    if (next === INCOMPLETE || next > position) return records
    if (after === pos) records++
    pos = next
  }
}

/** Also INCOMPLETE for a malformed record: counting stops there. */
function endOfRecord(bytes: Buffer, pos: number): number {
  try {
    return scanRecord(bytes, pos, false, [])
  } catch (error) {
    if (error instanceof InvalidCsv) return INCOMPLETE
    throw error
  }
}
