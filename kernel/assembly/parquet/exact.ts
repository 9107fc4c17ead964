/** The column `exact`: the texts of a row that its typed columns can't represent. */
import { CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from '../bytes'
import { copyEscaped } from '../json-strings'
import { Column, columnAt, isText } from './column'
import { FIELD_BYTES, NULL, reserve } from './memory'
import { fieldsOf } from './records'

/** A byte may become an escape like \u001f. */
const LONGEST_ESCAPE: u32 = 6

/**
 * Writes the JSON object of a row at `target`; returns the position after it. Fields of typed columns that were represented
 * exactly have been set to null before.
 */
export function writeExact(columns: u32, row: u32, target: u32): u32 {
  let at = target
  store<u8>(at++, OPEN_BRACE)
  for (let number: u32 = 0; number < columns; number++) {
    const column = columnAt(number)
    if (isText(column)) continue
    const field = fieldsOf(number) + row * FIELD_BYTES
    const length = load<u32>(field, 4)
    if (length === NULL) continue
    reserve(at, column.keyLength + length * LONGEST_ESCAPE)
    if (at !== target + 1) store<u8>(at++, COMMA)
    at = writeMember(column, load<u32>(field), length, at)
  }
  store<u8>(at++, CLOSE_BRACE)
  return at
}

function writeMember(column: Column, text: u32, length: u32, at: u32): u32 {
  memory.copy(at, column.key, column.keyLength)
  at += column.keyLength
  store<u8>(at++, QUOTE)
  at = copyEscaped(at, text, length, false)
  store<u8>(at++, QUOTE)
  return at
}
