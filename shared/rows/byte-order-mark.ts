import { invalidJson } from './json-scan.ts'

/**
 * The position behind the byte order mark at the beginning of `bytes`. Some servers put one before JSON; it is no part
 * of the text (RFC 8259, 8.1).
 */
export function skipByteOrderMark(bytes: Uint8Array): number {
  if (bytes[1] !== 0xbb || bytes[2] !== 0xbf) invalidJson('a value', 0)
  return 3
}
