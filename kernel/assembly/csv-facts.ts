/** Facts about the record whose fields are in SLOTS: its usage date, and whether it is a row. */
import { QUOTE } from './bytes'
import { IDENTITY } from './csv-memory'
import { dayIn } from './days'

/** `""` */
const EMPTY: u16 = 0x2222

/** A date that needs the slow path. */
export const NOT_A_DAY: u32 = u32.MAX_VALUE

/** The usage date as yyyymmdd, 0 for null, or NOT_A_DAY. */
export function dateAt(slot: u32): u32 {
  if (isEmpty(slot)) return 0
  let start = load<u32>(slot) + 1
  let end = load<u32>(slot + 4)
  if (load<u8>(start) === QUOTE) {
    start++
    end--
  }
  return dayIn(start, end) || NOT_A_DAY
}

/** True if the field is null: empty, quoted or not. */
function isEmpty(slot: u32): bool {
  const start = load<u32>(slot) + 1
  const length = load<u32>(slot + 4) - start
  return length === 0 || (length === 2 && load<u16>(start) === EMPTY)
}

/** True if the record has a value in each group of {@link IDENTITY}, which ends at `identityEnd`. */
export function isRow(identityEnd: u32): bool {
  let isFound = false
  for (let at = IDENTITY; at < identityEnd; at += 4) {
    const slot = load<u32>(at)
    if (slot !== 0) {
      if (!isFound) isFound = !isEmpty(slot)
    } else {
      if (!isFound) return false
      isFound = false
    }
  }
  return true
}
