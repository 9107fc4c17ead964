/** Parquet's hybrid encoding of levels and indexes: runs, and bit-packed groups of eight. */
import { NUMBERS } from './memory'

/** Shorter runs are bit-packed. */
const MIN_RUN: u32 = 8
/** A run of this length ends a bit-packed sequence. */
const BREAKING_RUN: u32 = 16
/** The most numbers for which the header of a bit-packed sequence has one byte. */
const MAX_PACKED: u32 = 63 * 8

/** Writes the first `count` of {@link NUMBERS}, each of `width` bits, at `target`; returns the position after them. */
export function writeRuns(count: u32, width: u32, target: u32): u32 {
  // The last group of eight is padded with zeros.
  memory.fill(NUMBERS + count * 2, 0, 16)
  let from: u32 = 0
  while (from < count) {
    const run = runAt(from, count)
    if (run >= MIN_RUN) {
      target = writeVarint(target, run << 1)
      target = writeNumber(target, load<u16>(NUMBERS + from * 2), width)
      from += run
      continue
    }
    const start = from
    do from += 8
    while (from < count && from - start < MAX_PACKED && !isRun(from, count))
    target = writeVarint(target, (((from - start) >> 3) << 1) | 1)
    target = pack(start, from, width, target)
  }
  return target
}

/** The number of equal numbers from `from` on. */
function runAt(from: u32, count: u32): u32 {
  const number = load<u16>(NUMBERS + from * 2)
  let to = from + 1
  while (to < count && load<u16>(NUMBERS + to * 2) === number) to++
  return to - from
}

function isRun(from: u32, count: u32): bool {
  if (from + BREAKING_RUN > count) return false
  const number = load<u16>(NUMBERS + from * 2)
  for (let at = from + 1; at < from + BREAKING_RUN; at++) {
    if (load<u16>(NUMBERS + at * 2) !== number) return false
  }
  return true
}

function writeNumber(target: u32, number: u16, width: u32): u32 {
  store<u16>(target, number)
  return target + ((width + 7) >> 3)
}

function pack(from: u32, to: u32, width: u32, target: u32): u32 {
  let bits: u64 = 0
  let have: u32 = 0
  for (let at = from; at < to; at++) {
    bits |= (load<u16>(NUMBERS + at * 2) as u64) << have
    have += width
    while (have >= 8) {
      store<u8>(target++, bits as u8)
      bits >>= 8
      have -= 8
    }
  }
  return target
}

/** Writes an unsigned LEB128 number; returns the position after it. */
export function writeVarint(target: u32, number: u32): u32 {
  while (number >= 128) {
    store<u8>(target++, (number | 128) as u8)
    number >>= 7
  }
  store<u8>(target++, number as u8)
  return target
}

/** Bits of a number below `count`; at least one, because some readers expect that. */
export function widthOf(count: u32): u32 {
  return count < 2 ? 1 : 32 - clz(count - 1)
}
