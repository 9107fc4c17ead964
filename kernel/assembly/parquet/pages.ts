/** Writes the pages of a column: levels and values, compressed, out to the host. */
import { BOOLEAN, Column, DICTIONARY, isText, NO_INDEX, PLAIN } from './column'
import { block, page } from './host'
import { BLOCK, HEAD, NUMBERS, VALUE } from './memory'
import { widthOf, writeRuns, writeVarint } from './runs'
import { BLOCK_BYTES, compressBlock } from './snappy'
import { noteValue } from './statistics'

/** The kinds of pages that the host is told. */
export const DICTIONARY_PAGE: u32 = 0
export const INDEX_PAGE: u32 = 1
export const PLAIN_PAGE: u32 = 2

/** Writes what the column holds. A chunk always has a data page, even if it has no value. */
export function flushColumn(column: Column): void {
  if (column.rows === 0) return
  if (column.type === BOOLEAN) flushFlags(column)
  else if (column.mode === DICTIONARY && column.count < column.present) flushDictionary(column)
  else flushPlain(column)
  column.rows = 0
  column.present = 0
  column.bytes = 0
}

/** Goes over to PLAIN values: the rows so far leave as they are. */
export function leaveDictionary(column: Column): void {
  flushColumn(column)
  column.mode = PLAIN
}

/** A dictionary page, and a page with the numbers of its entries. */
function flushDictionary(column: Column): void {
  noteEntries(column)
  emit(column, DICTIONARY_PAGE, column.count, HEAD, column.values, column.bytes)
  const indexes = column.indexes
  const rows = column.rows
  let at = writeLevels(column, HEAD)
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

/**
 * A page with all values. It is also for a dictionary in which no value was used twice: its entries stand in the order
 * of the rows.
 */
function flushPlain(column: Column): void {
  if (column.mode === DICTIONARY) noteEntries(column)
  const end = writeLevels(column, HEAD)
  emit(column, PLAIN_PAGE, column.rows, end, column.values, column.bytes)
}

/** A page with one value that is larger than a page. */
export function flushLarge(column: Column, value: u32, length: u32): void {
  const end = writeLevels(column, HEAD)
  store<u32>(end, length)
  emit(column, PLAIN_PAGE, column.rows, end + 4, value, length)
  column.rows = 0
  column.present = 0
}

function flushFlags(column: Column): void {
  const indexes = column.indexes
  const rows = column.rows
  let at = writeLevels(column, HEAD)
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

/** Definition levels, after their length: 1 where a row has a value. */
function writeLevels(column: Column, target: u32): u32 {
  const indexes = column.indexes
  const rows = column.rows
  for (let row: u32 = 0; row < rows; row++) {
    store<u16>(NUMBERS + row * 2, load<u16>(indexes + row * 2) === NO_INDEX ? 0 : 1)
  }
  const end = writeRuns(rows, 1, target + 4)
  store<u32>(target, end - target - 4)
  return end
}

/** Compresses a page that is the bytes of {@link HEAD} up to `headEnd`, and the `length` bytes at `values`. */
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
