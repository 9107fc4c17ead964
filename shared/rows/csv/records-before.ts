import { INCOMPLETE } from '../json-scan.ts'
import { skipByteOrderMark } from './byte-order-mark.ts'
import { InvalidCsv, scanRecord, skipLineEnd } from './scan-record.ts'

/** How many records end before `position`, for a message: `bytes` begin with one, or with the body. */
export function recordsBefore(bytes: Buffer, position: number, isBody: boolean): number {
  let pos = isBody ? Math.max(skipByteOrderMark(bytes, true), 0) : 0
  for (let records = 0; ; ) {
    const behind = skipLineEnd(bytes, pos)
    const next = behind > pos ? behind : endOfRecord(bytes, pos)
    if (next === INCOMPLETE || next > position) return records
    if (behind === pos) records++
    pos = next
  }
}

/** INCOMPLETE also where it is malformed: then that is the record looked for, or one behind it. */
function endOfRecord(bytes: Buffer, pos: number): number {
  try {
    return scanRecord(bytes, pos, false, [])
  } catch (error) {
    if (error instanceof InvalidCsv) return INCOMPLETE
    throw error
  }
}
