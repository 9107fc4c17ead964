/** The smallest and the largest value of a column chunk, in the order that its type defines. */
import { Column, DATE, DECIMAL, MAX_STATISTIC, maximumOf, minimumOf } from './column'

/** The chunk has no value yet. */
const NONE: u32 = 0
export const KNOWN: u32 = 1
/** A text was too long: see {@link MAX_STATISTIC}. */
const TOO_LONG: u32 = 2

/** Includes a value in the chunk's minimum and maximum. */
export function noteValue(column: Column, value: u32, length: u32): void {
  if (column.statistics === TOO_LONG) return
  if (length > MAX_STATISTIC) {
    column.statistics = TOO_LONG
  } else if (column.statistics === NONE) {
    column.statistics = KNOWN
    setMinimum(column, value, length)
    setMaximum(column, value, length)
  } else if (compare(column.type, value, length, minimumOf(column), column.minimumLength) < 0) {
    setMinimum(column, value, length)
  } else if (compare(column.type, value, length, maximumOf(column), column.maximumLength) > 0) {
    setMaximum(column, value, length)
  }
}

function setMinimum(column: Column, value: u32, length: u32): void {
  memory.copy(minimumOf(column), value, length)
  column.minimumLength = length
}

function setMaximum(column: Column, value: u32, length: u32): void {
  memory.copy(maximumOf(column), value, length)
  column.maximumLength = length
}

function compare(type: u32, a: u32, aLength: u32, b: u32, bLength: u32): i32 {
  if (type === DATE) return load<i32>(a) - load<i32>(b) // years have four digits: no overflow
  if (type !== DECIMAL) return compareTexts(a, aLength, b, bLength)
  // Big-endian two's complement: the sign is in the first eight bytes.
  const aHigh = bswap(load<i64>(a))
  const bHigh = bswap(load<i64>(b))
  if (aHigh !== bHigh) return aHigh < bHigh ? -1 : 1
  const aLow = bswap(load<u64>(a, 8))
  const bLow = bswap(load<u64>(b, 8))
  return aLow === bLow ? 0 : aLow < bLow ? -1 : 1
}

/** By unsigned bytes, which for UTF-8 is the order of code points. */
function compareTexts(a: u32, aLength: u32, b: u32, bLength: u32): i32 {
  const shared = min(aLength, bLength)
  for (let i: u32 = 0; i < shared; i++) {
    const difference = (load<u8>(a + i) as i32) - (load<u8>(b + i) as i32)
    if (difference !== 0) return difference
  }
  return (aLength as i32) - (bLength as i32)
}
