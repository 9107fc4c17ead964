import { isUtf8 } from 'node:buffer'
import { ArchiveError } from '../errors.ts'

/** Throws `ROWS_INVALID_UTF8` with the offset of the first bad byte; `offset` is that of `bytes`. */
export function assertUtf8(bytes: Uint8Array, offset: number): void {
  if (isUtf8(bytes)) return
  // Find the first bad byte: a stream decoder accepts every prefix up to it.
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8Prefix(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  // Cut within a character at the end of the body: everything before is valid.
  if (isUtf8Prefix(bytes)) return
  throw new ArchiveError('ROWS_INVALID_UTF8', `invalid UTF-8 at byte ${offset + good}`)
}

function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false // the only way in which the decoder reports it
  }
}
