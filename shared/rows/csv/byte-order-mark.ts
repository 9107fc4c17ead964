import { INCOMPLETE } from '../scan/json-bytes.ts'

const MARK = Buffer.from('\ufeff')

/**
 * The position after the byte order mark at the beginning of a body, 0 if there is none, or INCOMPLETE if more bytes are
 * needed to tell. `isLast`: no more bytes follow.
 */
export function skipByteOrderMark(bytes: Buffer, isLast: boolean): number {
  const length = Math.min(bytes.length, MARK.length)
  if (!bytes.subarray(0, length).equals(MARK.subarray(0, length))) return 0
  if (length === MARK.length) return length
  return isLast ? 0 : INCOMPLETE
}
