/** Adds values to columns. */
import { Column, DICTIONARY, isText, MAX_ENTRIES, MAX_SLOTS, NO_INDEX } from './column'
import { VALUES_BYTES } from './memory'
import { flushColumn, flushLarge, leaveDictionary, paysOff } from './pages'
import { noteValue } from './statistics'

/** After this many rows with a value, a dictionary that does not pay off is given up. */
const TRIAL_ROWS: u32 = 16_384

export function addNull(column: Column): void {
  store<u16>(column.indexes + column.rows * 2, NO_INDEX)
  column.rows++
  column.nulls++
}

/** Adds a boolean. */
export function addFlag(column: Column, flag: u16): void {
  store<u16>(column.indexes + column.rows * 2, flag)
  column.rows++
  column.present++
}

/** Adds a text, or a value of fixed length. */
export function addValue(column: Column, value: u32, length: u32): void {
  if (column.mode === DICTIONARY) {
    const index = entryOf(column, value, length)
    if (index !== NO_INDEX) {
      addFlag(column, index)
      column.plainBytes += sizeOf(column, length)
      return
    }
    leaveDictionary(column)
  }
  const size = sizeOf(column, length)
  if (column.bytes + size > VALUES_BYTES) flushColumn(column)
  noteValue(column, value, length)
  addFlag(column, 0)
  if (size > VALUES_BYTES) {
    flushLarge(column, value, length)
  } else {
    append(column, value, length)
  }
}

/** Returns the index of the value, adding it if it is new; {@link NO_INDEX} if the dictionary is full or does not pay off. */
function entryOf(column: Column, value: u32, length: u32): u16 {
  const hash = hashOf(value, length)
  const mask = column.slotCount - 1
  let slot = hash & mask
  for (;;) {
    const found = load<u16>(column.slots + slot * 2) as u32
    if (found === 0) break
    const entry = column.entries + (found - 1) * 8
    if (load<u32>(entry, 4) === hash && isAt(column, load<u32>(entry), value, length)) {
      return (found - 1) as u16
    }
    slot = (slot + 1) & mask
  }
  const count = column.count
  const isPoor = column.present >= TRIAL_ROWS && !paysOff(column)
  const isFull = count === MAX_ENTRIES || column.bytes + sizeOf(column, length) > VALUES_BYTES
  if (isPoor || isFull) return NO_INDEX
  store<u16>(column.slots + slot * 2, (count + 1) as u16)
  const entry = column.entries + count * 8
  store<u32>(entry, column.bytes)
  store<u32>(entry, hash, 4)
  append(column, value, length)
  column.count++
  if (column.count * 2 > column.slotCount && column.slotCount < MAX_SLOTS) growSlots(column)
  return count as u16
}

/** Enlarges the hash table fourfold, up to its maximum. */
function growSlots(column: Column): void {
  column.slotCount = min(column.slotCount * 4, MAX_SLOTS)
  memory.fill(column.slots, 0, column.slotCount * 2)
  const mask = column.slotCount - 1
  for (let index: u32 = 0; index < column.count; index++) {
    let slot = load<u32>(column.entries + index * 8, 4) & mask
    while (load<u16>(column.slots + slot * 2) !== 0) slot = (slot + 1) & mask
    store<u16>(column.slots + slot * 2, (index + 1) as u16)
  }
}

/** The size of a value in the PLAIN encoding. */
function sizeOf(column: Column, length: u32): u32 {
  return isText(column) ? length + 4 : length
}

function append(column: Column, value: u32, length: u32): void {
  let at = column.values + column.bytes
  if (isText(column)) {
    store<u32>(at, length)
    at += 4
  }
  memory.copy(at, value, length)
  column.bytes += sizeOf(column, length)
}

function isAt(column: Column, offset: u32, value: u32, length: u32): bool {
  let at = column.values + offset
  if (isText(column)) {
    if (load<u32>(at) !== length) return false
    at += 4
  }
  while (length >= 8) {
    if (load<u64>(at) !== load<u64>(value)) return false
    at += 8
    value += 8
    length -= 8
  }
  for (let i: u32 = 0; i < length; i++) if (load<u8>(at + i) !== load<u8>(value + i)) return false
  return true
}

/** Affects only speed: the order of a dictionary is that of the rows. */
function hashOf(value: u32, length: u32): u32 {
  let hash: u64 = 0x9e3779b97f4a7c15 ^ (length as u64)
  while (length >= 8) {
    hash = mixed(hash ^ load<u64>(value))
    value += 8
    length -= 8
  }
  if (length > 0) {
    // Eight bytes can always be read; those after the value are masked.
    const rest = load<u64>(value) & (u64.MAX_VALUE >> ((64 - length * 8) as u64))
    hash = mixed(hash ^ rest)
  }
  return (hash ^ (hash >> 29)) as u32
}

function mixed(hash: u64): u64 {
  hash *= 0xff51afd7ed558ccd
  return hash ^ (hash >> 32)
}
