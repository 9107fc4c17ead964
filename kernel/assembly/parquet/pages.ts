/** Writes the pages of a column: levels and values, compressed block by block. */
import { BOOLEAN, Column, isText, NO_INDEX, PLAIN } from './column'
import { block, page } from './host'
import { BLOCK, COLLECTED, HEAD, NUMBERS, VALUE, VALUES_BYTES } from './memory'
import { widthOf, writeRuns, writeVarint } from './runs'
import { BLOCK_BYTES, compressBlock } from './snappy'
import { noteValue } from './statistics'

/** Kinds of pages, as passed to the host. */
export const DICTIONARY_PAGE: u32 = 0
export const INDEX_PAGE: u32 = 1
export const PLAIN_PAGE: u32 = 2

/** Writes the rows that the column holds. A chunk without values has a data page too. */
export function flushColumn(column: Column): void {
  if (column.rows === 0) return
  if (column.type === BOOLEAN) flushFlags(column)
  else if (column.mode === PLAIN) flushPlain(column)
  else flushEntries(column)
  column.rows = 0
  column.present = 0
  column.bytes = 0
}

/**
 * True if the values so far are smaller with a dictionary. Indexes hardly compress, and values to less than half, so a byte
 * of indexes counts as two and a half.
 */
export function paysOff(column: Column): bool {
  const indexBits = widthOf(column.count) * column.present
  return column.bytes + (indexBits * 5) / 16 < column.plainBytes
}

function flushEntries(column: Column): void {
  noteEntries(column)
  if (paysOff(column)) flushDictionary(column)
  else if (column.count === column.present) flushPlain(column)
  else flushCollected(column)
}

/** Writes the rows so far, and continues without a dictionary. */
export function leaveDictionary(column: Column): void {
  flushColumn(column)
  column.mode = PLAIN
}

/** Writes a dictionary page and a page of indexes. */
function flushDictionary(column: Column): void {
  emit(column, DICTIONARY_PAGE, column.count, HEAD, column.values, column.bytes)
  const indexes = column.indexes
  const rows = column.rows
  let at = writeLevels(column, 0, rows)
  let count: u32 = 0
  for (let row: u32 = 0; row < rows; row++) {
    const index = load<u16>(indexes + row * 2)
    store<u16>(NUMBERS + count * 2, index)
    if (index !== NO_INDEX) count++
  }
  const width = widthOf(column.count)
  store<u8>(at++, width as u8)
  emit(column, INDEX_PAGE, rows, writeRuns(count, width, at), 0, 0)
}

/** Writes a page with the column's values: those of a PLAIN page, or of a dictionary in which every value is used once. */
function flushPlain(column: Column): void {
  const end = writeLevels(column, 0, column.rows)
  emit(column, PLAIN_PAGE, column.rows, end, column.values, column.bytes)
}

/** Writes pages with each row's value, copied from a dictionary that does not pay off. */
function flushCollected(column: Column): void {
  const rows = column.rows
  for (let row: u32 = 0; row < rows; ) {
    const from = row
    let length: u32 = 0
    for (; row < rows; row++) {
      const index = load<u16>(column.indexes + row * 2)
      if (index === NO_INDEX) continue
      const start = entryStart(column, index)
      const size = entryStart(column, index + 1) - start
      if (length + size > VALUES_BYTES) break
      memory.copy(COLLECTED + length, column.values + start, size)
      length += size
    }
    emit(column, PLAIN_PAGE, row - from, writeLevels(column, from, row), COLLECTED, length)
  }
}

/** The offset of an entry among the values; for the index after the last, the end of the values. */
function entryStart(column: Column, index: u32): u32 {
  return index === column.count ? column.bytes : load<u32>(column.entries + index * 8)
}

/** Writes a page whose last row has a value larger than a page. */
export function flushLarge(column: Column, value: u32, length: u32): void {
  const end = writeLevels(column, 0, column.rows)
  store<u32>(end, length)
  emit(column, PLAIN_PAGE, column.rows, end + 4, value, length)
  column.rows = 0
  column.present = 0
}

function flushFlags(column: Column): void {
  const indexes = column.indexes
  const rows = column.rows
  let at = writeLevels(column, 0, rows)
  let bits: u32 = 0
  let have: u32 = 0
  for (let row: u32 = 0; row < rows; row++) {
    const flag = load<u16>(indexes + row * 2)
    if (flag === NO_INDEX) continue
    store<u8>(VALUE, flag as u8)
    noteValue(column, VALUE, 1)
    bits |= (flag as u32) << have++
    if (have === 8) {
      store<u8>(at++, bits as u8)
      bits = 0
      have = 0
    }
  }
  if (have > 0) store<u8>(at++, bits as u8)
  emit(column, PLAIN_PAGE, rows, at, 0, 0)
}

function noteEntries(column: Column): void {
  let at = column.values
  if (isText(column)) {
    for (let i: u32 = 0; i < column.count; i++) {
      const length = load<u32>(at)
      noteValue(column, at + 4, length)
      at += 4 + length
    }
  } else {
    const length = column.count === 0 ? 0 : column.bytes / column.count
    for (let i: u32 = 0; i < column.count; i++, at += length) noteValue(column, at, length)
  }
}

/** Writes the definition levels of some rows, after their length, to {@link HEAD}: 1 where a row has a value. */
function writeLevels(column: Column, from: u32, to: u32): u32 {
  const indexes = column.indexes
  for (let row = from; row < to; row++) {
    const level: u16 = load<u16>(indexes + row * 2) === NO_INDEX ? 0 : 1
    store<u16>(NUMBERS + (row - from) * 2, level)
  }
  const end = writeRuns(to - from, 1, HEAD + 4)
  store<u32>(HEAD, end - HEAD - 4)
  return end
}

/** Compresses a page: the bytes from {@link HEAD} to `headEnd`, then the `length` bytes at `values`. */
function emit(column: Column, kind: u32, rows: u32, headEnd: u32, values: u32, length: u32): void {
  const headLength = headEnd - HEAD
  const total = headLength + length
  const preamble = writeVarint(BLOCK, total)
  block(BLOCK, preamble - BLOCK)
  emitBlocks(HEAD, headLength)
  emitBlocks(values, length)
  page(column.number, kind, total, rows)
}

function emitBlocks(source: u32, length: u32): void {
  while (length > 0) {
    const taken = min(length, BLOCK_BYTES)
    block(BLOCK, compressBlock(source, taken, BLOCK) - BLOCK)
    source += taken
    length -= taken
  }
}
