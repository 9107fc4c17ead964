/**
 * Compresses in the Snappy format (google/snappy, format_description.txt), with positions remembered by the hash of four
 * bytes, as in Google's implementation. The same bytes always give the same result.
 */
import { MAX_POSITIONS, POSITIONS } from './memory'

/** The maximum size of a block; copies never refer to another block. */
export const BLOCK_BYTES: u32 = 65_536
/** The last bytes of a block are not searched, so that several bytes can be read at any position. */
const MARGIN: u32 = 15
/** After 2^5 misses the step grows by one byte, so that incompressible bytes are skipped quickly. */
const STEP_SHIFT: u32 = 5

/** Compresses `length` bytes, at most {@link BLOCK_BYTES}, to `target`; returns the position after them. */
export function compressBlock(source: u32, length: u32, target: u32): u32 {
  const end = source + length
  let literals = source
  if (length > MARGIN) {
    const shift = clearPositions(length)
    const limit = end - MARGIN
    let at = source + 1
    let misses: u32 = 1 << STEP_SHIFT
    while (at < limit) {
      const candidate = remember(source, at, shift)
      if (candidate >= at || load<u32>(candidate) !== load<u32>(at)) {
        at += misses++ >> STEP_SHIFT
        continue
      }
      if (at > literals) target = writeLiterals(target, literals, at)
      const matched = 4 + sameBytes(candidate + 4, at + 4, end)
      target = writeCopy(target, at - candidate, matched)
      at += matched
      literals = at
      misses = 1 << STEP_SHIFT
      if (at < limit) remember(source, at - 1, shift)
    }
  }
  return literals < end ? writeLiterals(target, literals, end) : target
}

/** Clears the hash table, which is smaller for short blocks. Returns the number of bits by which hashes are shifted. */
function clearPositions(length: u32): u32 {
  let positions: u32 = 256
  while (positions < MAX_POSITIONS && positions < length) positions <<= 1
  memory.fill(POSITIONS, 0, positions * 2)
  return clz(positions) + 1
}

/** Stores `at` in the hash table, and returns the last position whose four bytes had the same hash. */
function remember(source: u32, at: u32, shift: u32): u32 {
  const slot = POSITIONS + ((load<u32>(at) * 0x1e35a7bd) >>> shift) * 2
  const last = source + (load<u16>(slot) as u32)
  store<u16>(slot, (at - source) as u16)
  return last
}

/** The number of equal bytes from `a` and from `b` on, up to `end`. */
function sameBytes(a: u32, b: u32, end: u32): u32 {
  const start = b
  while (b + 8 <= end) {
    const difference = load<u64>(a) ^ load<u64>(b)
    if (difference !== 0) return b - start + ((ctz(difference) >> 3) as u32)
    a += 8
    b += 8
  }
  while (b < end && load<u8>(a) === load<u8>(b)) {
    a++
    b++
  }
  return b - start
}

function writeLiterals(target: u32, from: u32, to: u32): u32 {
  const length = to - from
  const last = length - 1
  if (last < 60) {
    store<u8>(target++, (last << 2) as u8)
  } else if (last < 256) {
    store<u8>(target, 60 << 2)
    store<u8>(target + 1, last as u8)
    target += 2
  } else {
    store<u8>(target, 61 << 2)
    store<u16>(target + 1, last as u16)
    target += 3
  }
  memory.copy(target, from, length)
  return target + length
}

/** Writes copies of at most 64 bytes each. The last has at least 4, the minimum of the short form. */
function writeCopy(target: u32, offset: u32, length: u32): u32 {
  while (length >= 68) {
    target = writeLongCopy(target, offset, 64)
    length -= 64
  }
  if (length > 64) {
    target = writeLongCopy(target, offset, 60)
    length -= 60
  }
  if (length >= 12 || offset >= 2_048) return writeLongCopy(target, offset, length)
  store<u8>(target, (((offset >> 8) << 5) | ((length - 4) << 2) | 1) as u8)
  store<u8>(target + 1, offset as u8)
  return target + 2
}

function writeLongCopy(target: u32, offset: u32, length: u32): u32 {
  store<u8>(target, (((length - 1) << 2) | 2) as u8)
  store<u16>(target + 1, offset as u16)
  return target + 3
}
