/** The bytes of JSON (RFC 8259), and what a scanner says of others. */
import { ArchiveError } from '../../errors.ts'

/** The bytes end within the value: call again from its start with more bytes. */
export const INCOMPLETE = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const NEWLINE = 0x0a

/** True for an ASCII digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Throws `ROWS_INVALID_JSON` for the byte at `pos`. The thrower's caller adds the body's offset. */
export function invalidJson(expected: string, pos: number): never {
  throw new InvalidJson(expected, pos)
}

/** Internal: carries a position in the scanned buffer until a caller adds its offset in the body. */
export class InvalidJson extends Error {
  readonly position: number

  constructor(expected: string, position: number) {
    super(expected)
    this.position = position
  }

  /** The named error, given the offset of the buffer in the body. */
  at(offset: number): ArchiveError {
    return new ArchiveError(
      'ROWS_INVALID_JSON',
      `invalid JSON at byte ${offset + this.position}: expected ${this.message}`,
    )
  }
}

/** True for JSON white space (RFC 8259, 2). */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The first position from `pos` on without JSON white space (may be `end`). */
export function skipSpace(bytes: Uint8Array, pos: number, end: number): number {
  while (pos < end && isSpace(bytes[pos] as number)) pos++
  return pos
}
