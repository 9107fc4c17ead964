import { INCOMPLETE, invalidJson, isDigit } from './json-bytes.ts'

/** Scans the number, `true`, `false` or `null` at `pos`; returns the position after its last byte, or INCOMPLETE. */
export function scanLiteral(bytes: Uint8Array, pos: number, end: number, byte: number): number {
  if (byte === 0x2d || isDigit(byte)) return scanNumber(bytes, pos, end)
  if (byte === 0x6e) return scanWord(bytes, pos, end, NULL)
  if (byte === 0x74) return scanWord(bytes, pos, end, TRUE)
  if (byte === 0x66) return scanWord(bytes, pos, end, FALSE)
  return invalidJson('a value', pos)
}

function scanNumber(bytes: Uint8Array, pos: number, end: number): number {
  if (bytes[pos] === 0x2d) pos++
  if (pos >= end) return INCOMPLETE
  if (bytes[pos] === 0x30) {
    pos++
  } else {
    pos = scanDigits(bytes, pos, end)
  }
  if (pos === INCOMPLETE || pos >= end) return INCOMPLETE
  if (bytes[pos] === 0x2e) {
    pos = scanDigits(bytes, pos + 1, end)
    if (pos === INCOMPLETE) return INCOMPLETE
  }
  if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
    pos++
    if (bytes[pos] === 0x2b || bytes[pos] === 0x2d) pos++
    pos = scanDigits(bytes, pos, end)
    if (pos === INCOMPLETE) return INCOMPLETE
  }
  return pos
}

/** At least one digit; INCOMPLETE if they run up to `end`, because more may follow. */
function scanDigits(bytes: Uint8Array, pos: number, end: number): number {
  const start = pos
  while (pos < end && isDigit(bytes[pos] as number)) pos++
  if (pos >= end) return INCOMPLETE
  if (pos === start) invalidJson('a digit', pos)
  return pos
}

const NULL = Buffer.from('null')
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

function scanWord(bytes: Uint8Array, pos: number, end: number, word: Uint8Array): number {
  for (let i = 1; i < word.length; i++) {
    if (pos + i >= end) return INCOMPLETE
    if (bytes[pos + i] !== word[i]) invalidJson('null, true or false', pos + i)
  }
  return pos + word.length
}
