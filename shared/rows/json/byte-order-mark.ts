import { invalidJson } from '../scan/json-bytes.ts'

/**
 * The position after a byte order mark at the beginning of `bytes`. Some servers send one before JSON, though
 * it is not part of the text (RFC 8259, 8.1).
 */
export function skipByteOrderMark(bytes: Uint8Array): number {
  if (bytes[1] !== 0xbb || bytes[2] !== 0xbf) invalidJson('a value', 0)
  return 3
}
