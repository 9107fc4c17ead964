/** A row's fields in memory, and the CSV record made from them. */
import { CLOSE_BRACE, COMMA, CR, LF, OPEN_BRACE, QUOTE } from './bytes'
import { copyBytes, copyDoubled, copyQuotes, copyUnescaped } from './csv'
import { CSV_ORDER, FIELDS, OTHER_FIELDS, OTHERS } from './memory'
import { ESCAPED_QUOTES, PLAIN } from './scan'

/** In a field's length: the string's escapes, in the top two bits. */
const ESCAPES_SHIFT: u32 = 30
const LENGTH_MASK: u32 = (1 << 30) - 1

/** Records a field: where its text begins, its length, and how a string is escaped. */
export function setField(field: u32, start: u32, length: u32, escapes: u32): void {
  store<u32>(field, start)
  store<u32>(field + 4, length | (escapes << ESCAPES_SHIFT))
}

/**
 * Writes the row in {@link FIELDS} as a CSV record; returns the position after it. `others`: bytes of
 * {@link OTHERS}.
 */
export function writeRow(target: u32, csvColumns: u32, others: u32): u32 {
  const end = CSV_ORDER + csvColumns * 4
  for (let column = CSV_ORDER; column < end; column += 4) {
    const field = FIELDS + load<u32>(column) * 8
    if (field === FIELDS + OTHER_FIELDS * 8) {
      if (others !== 0) target = writeOthers(target, others)
      store<u8>(target++, COMMA)
      continue
    }
    const source = load<u32>(field)
    const lengthAndEscapes = load<u32>(field + 4)
    const length = lengthAndEscapes & LENGTH_MASK
    const escapes = lengthAndEscapes >> ESCAPES_SHIFT
    if (escapes === PLAIN) {
      copyBytes(target, source, length)
      target += length
    } else {
      store<u8>(target++, QUOTE)
      if (escapes === ESCAPED_QUOTES) {
        copyQuotes(target, source, length)
        target += length
      } else {
        target = copyUnescaped(target, source, length)
      }
      store<u8>(target++, QUOTE)
    }
    store<u8>(target++, COMMA)
  }
  // The record's end replaces the last comma.
  store<u8>(target - 1, CR)
  store<u8>(target, LF)
  return target + 1
}

/** Writes the members without a column as one JSON object in quotes. */
function writeOthers(target: u32, others: u32): u32 {
  store<u8>(target++, QUOTE)
  store<u8>(target++, OPEN_BRACE)
  for (let at: u32 = OTHERS; at < OTHERS + others; at += 8) {
    if (at !== OTHERS) store<u8>(target++, COMMA)
    const start = load<u32>(at)
    target = copyDoubled(target, start, load<u32>(at + 4) - start)
  }
  store<u8>(target++, CLOSE_BRACE)
  store<u8>(target++, QUOTE)
  return target
}
