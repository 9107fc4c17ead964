/** Writes one record as a JSON row and as a CSV record. */
import { CLOSE_BRACE, COMMA, CR, LF, QUOTE } from './bytes'
import { copyBytes, copyDoubled } from './csv'
import { dateAt, isRow, NOT_A_DAY } from './csv-facts'
import {
  COLUMNS,
  CSV,
  DATES,
  DECIMAL,
  ENTRY_BYTES,
  ENTRY_CSV,
  ENTRY_CSV_END,
  ENTRY_DOUBLED,
  ENTRY_DOUBLED_LENGTH,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_TOKEN,
  IDENTITY,
  LATE,
  LINE_ENDS,
  LINES,
  OTHERS,
  PENDING,
  PENDING_BYTES,
  STRING,
  SUM_BYTES,
  SUMS,
} from './csv-memory'
import { addPending, readNumber } from './decimals'
import { copied, copyEscaped, copyQuoted, needsEscapes, PLAIN } from './json-strings'
import { scanNumber } from './scan'

const NULL: u32 = 0x6c6c756e
/** `"{` and `}"` */
const OPEN: u32 = 0x7b22
const CLOSE: u16 = 0x227d
/** `scanNumber` decides reliably whether a text of up to this many bytes is a number. */
const SURE_LENGTH: u32 = 30

let columnsEnd: u32 = 0
let othersEnd: u32 = 0
let lateEnd: u32 = 0
let decimals: u32 = 0
/** The slot before the usage date's field; 0 if there is none. */
let dateSlot: u32 = 0
let identityEnd: u32 = 0

/** Number of rows written since {@link beginRows}. */
export let rowCount: u32 = 0
/** Where the next byte of JSON and of CSV goes. */
export let line: u32 = 0
export let csv: u32 = 0
/** The current record may have bytes outside quotes that JSON escapes. */
let isOdd: bool = false

/** Sets the sizes of the tables. */
export function setRow(
  columnCount: u32,
  otherCount: u32,
  lateCount: u32,
  decimalCount: u32,
  date: u32,
  identityCount: u32,
): void {
  columnsEnd = COLUMNS + columnCount * ENTRY_BYTES
  othersEnd = OTHERS + otherCount * ENTRY_BYTES
  lateEnd = OTHERS + lateCount * ENTRY_BYTES
  decimals = decimalCount
  dateSlot = date
  identityEnd = IDENTITY + identityCount * 4
}

/** Empties the outputs. */
export function beginRows(): void {
  rowCount = 0
  line = LINES
  csv = CSV
}

/** Adds the record in SLOTS; false, and nothing added, if it needs the slow path. `odd` sets {@link isOdd}. */
export function takeRow(odd: bool): bool {
  isOdd = odd
  const lineBefore = line
  const csvBefore = csv
  const date = dateSlot === 0 ? 0 : dateAt(dateSlot)
  if (date === NOT_A_DAY || !isRow(identityEnd) || !writeRow()) {
    line = lineBefore
    csv = csvBefore
    return false
  }
  for (let i: u32 = 0; i < decimals; i++) addPending(PENDING + i * PENDING_BYTES)
  store<u32>(LINE_ENDS + rowCount * 4, line - LINES)
  store<u32>(DATES + rowCount * 4, date)
  rowCount++
  return true
}

/** Writes the row's JSON and CSV; false if a field needs the slow path. */
function writeRow(): bool {
  for (let i: u32 = 0; i < decimals; i++) store<u32>(PENDING + i * PENDING_BYTES, 0)
  if (!writeColumns()) return false
  if (othersEnd !== OTHERS && !writeOthers()) return false
  for (let entry = OTHERS; entry < lateEnd; entry += ENTRY_BYTES) {
    store<u8>(csv++, COMMA)
    const start = load<u32>(entry, ENTRY_CSV)
    const length = load<u32>(entry, ENTRY_CSV_END) - start
    copyBytes(csv, start, length)
    csv += length
  }
  store<u8>(line, CLOSE_BRACE)
  store<u8>(line + 1, LF)
  line += 2
  store<u8>(csv, CR)
  store<u8>(csv + 1, LF)
  csv += 2
  return true
}

/** Writes the columns before `otherFields`, each with a comma after it. */
function writeColumns(): bool {
  for (let entry = COLUMNS; entry < columnsEnd; entry += ENTRY_BYTES) {
    if (load<u32>(entry) !== 0 && !writeMember(entry)) return false
    store<u8>(csv++, COMMA)
  }
  return true
}

/** Writes the members of `otherFields` to the JSON, and then the CSV field itself. */
function writeOthers(): bool {
  const field = csv
  csv = LATE
  let target = field
  store<u32>(target, OPEN)
  target += 2
  for (let entry = OTHERS; entry < othersEnd; entry += ENTRY_BYTES) {
    const late = csv
    if (load<u32>(entry) === 0) {
      store<u32>(entry, late, ENTRY_CSV)
      store<u32>(entry, late, ENTRY_CSV_END)
      continue
    }
    const before = line
    if (!writeMember(entry)) return false
    store<u32>(entry, late, ENTRY_CSV)
    store<u32>(entry, csv, ENTRY_CSV_END)
    if (target !== field + 2) store<u8>(target++, COMMA)
    const doubled = load<u32>(entry, ENTRY_DOUBLED_LENGTH)
    copyBytes(target, entry + ENTRY_DOUBLED, doubled)
    target += doubled
    const value = before + load<u32>(entry, ENTRY_LENGTH) - 1
    target = copyDoubled(target, value, line - value)
  }
  csv = field
  if (target === field + 2) return true
  store<u16>(target, CLOSE)
  csv = target + 2
  return true
}

/** Writes a member's key and value to the JSON, and its value as a CSV field. */
function writeMember(entry: u32): bool {
  const slot = load<u32>(entry)
  const start = load<u32>(slot) + 1
  const end = load<u32>(slot + 4)
  const length = load<u32>(entry, ENTRY_LENGTH)
  v128.store(line, v128.load(entry, ENTRY_TOKEN))
  v128.store(line, v128.load(entry, ENTRY_TOKEN + 16), 16)
  if (length > 32) copyBytes(line + 32, entry + ENTRY_TOKEN + 32, length - 32)
  line += length
  if (start === end) {
    writeNull()
    return true
  }
  const kind = load<u32>(entry, ENTRY_KIND)
  if (load<u8>(start) === QUOTE) return writeQuoted(start + 1, end - 1, kind)
  if (isOdd && needsEscapes(start, end - start)) return writeOdd(start, end, kind)
  return writePlain(start, end, kind)
}

/** Replaces the quote after the key. */
function writeNull(): void {
  store<u32>(line - 1, NULL)
  line += 3
}

function writeQuoted(start: u32, end: u32, kind: u32): bool {
  if (start === end) {
    writeNull()
    return true
  }
  const length = end - start
  const behind = copyQuoted(line, start, length)
  if (copied === PLAIN) return writePlain(start, end, kind)
  if (kind >= DECIMAL) return false
  store<u8>(behind, QUOTE)
  line = behind + 1
  // The CSV field is the same as in the source.
  copyBytes(csv, start - 1, length + 2)
  csv += length + 2
  return true
}

/** Writes an unquoted field that JSON escapes. Such a field is quoted in our CSV. */
function writeOdd(start: u32, end: u32, kind: u32): bool {
  if (kind >= DECIMAL) return false
  const length = end - start
  line = copyEscaped(line, start, length, false)
  store<u8>(line++, QUOTE)
  store<u8>(csv, QUOTE)
  copyBytes(csv + 1, start, length)
  csv += length + 2
  store<u8>(csv - 1, QUOTE)
  return true
}

/** Writes text that is the same in JSON and CSV; as a number if it is one and the column has numbers. */
function writePlain(start: u32, end: u32, kind: u32): bool {
  const length = end - start
  let isNumber = false
  if (kind !== STRING) {
    isNumber = scanNumber(start) === end
    if (isNumber) {
      line--
      if (kind >= DECIMAL) {
        const i = kind - DECIMAL
        const pending = PENDING + i * PENDING_BYTES
        if (!readNumber(pending, SUMS + i * SUM_BYTES, start, length)) return false
      }
    } else if (kind >= DECIMAL || length > SURE_LENGTH) {
      return false
    }
  }
  const low = v128.load(start)
  const high = v128.load(start, 16)
  v128.store(line, low)
  v128.store(line, high, 16)
  v128.store(csv, low)
  v128.store(csv, high, 16)
  for (let done: u32 = 32; done < length; done += 16) {
    const bytes = v128.load(start + done)
    v128.store(line + done, bytes)
    v128.store(csv + done, bytes)
  }
  line += length
  csv += length
  if (!isNumber) store<u8>(line++, QUOTE)
  return true
}
