import { isUtf8 } from 'node:buffer'
import { ArchiveError } from '../../errors.ts'

/** Throws `ROWS_INVALID_UTF8` with the offset of the first bad byte; `offset` is that of `bytes`. */
export function assertUtf8(bytes: Uint8Array, offset: number): void {
  const bad = invalidUtf8In(bytes)
  // The bytes may end in the middle of a character.
  if (bad === null || bad === bytes.length) return
  throw new ArchiveError('ROWS_INVALID_UTF8', `invalid UTF-8 at byte ${offset + bad}`)
}

/** The position of the first invalid byte, or the length if the bytes end within a character; null if they are valid. */
export function invalidUtf8In(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null
  if (isUtf8Prefix(bytes)) return bytes.length
  // Find the first bad byte: a stream decoder accepts every prefix up to it.
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8Prefix(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return good
}

function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false // the only way in which the decoder reports it
  }
}
