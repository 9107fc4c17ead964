/** Detects rows that deviate from the source's documentation. */

import type { RowLayout, ValueKind } from '../row-layout.ts'
import { Kind } from './json-scan.ts'
import type { RowSpans } from './scan-row.ts'

/**
 * Adds to `drift`, in words, which of the row's fields are missing or of another type than in the layout:
 * `tags is missing`, `cost is a string`. Null matches every type.
 */
export function noteDrift(
  bytes: Uint8Array,
  { values }: RowSpans,
  { columns }: RowLayout,
  drift: Set<string>,
): void {
  columns.forEach(({ name, kind, late }, column) => {
    const found = kindOf(bytes, values, column)
    if (found === 'missing') {
      if (!late) drift.add(`${name} is missing`)
    } else if (found !== 'null' && kind !== 'any' && found !== kind) {
      drift.add(`${name} is ${found === 'nested' ? 'nested' : `a ${found}`}`)
    }
  })
}

/** The kind of a column's value in a row that was scanned into `values`. */
export function kindOf(
  bytes: Uint8Array,
  values: Int32Array,
  column: number,
): Exclude<ValueKind, 'any'> | 'missing' | 'null' {
  switch (values[column * 3 + 2]) {
    case Kind.missing:
      return 'missing'
    case Kind.null:
      return 'null'
    case Kind.nested:
      return 'nested'
    case Kind.literal:
      return isNumber(bytes[values[column * 3] as number] as number) ? 'number' : 'boolean'
    default:
      return 'string'
  }
}

function isNumber(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
}
