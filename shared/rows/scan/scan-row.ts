import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'
import { CLOSE_BRACE, COMMA, INCOMPLETE, invalidJson, isSpace, skipSpace } from './json-bytes.ts'
import { Kind, scanColon, scanKey, scannedKind, scanValue } from './json-scan.ts'

/** The positions of one row's values in the scanned bytes. Reused from row to row. */
export interface RowSpans {
  /** Per column of the layout: start, end and {@link Kind} of its value. */
  readonly values: Int32Array
  /** Members that the layout does not know, or learned later: key start, key end, value start, end. */
  readonly others: number[]
  /** True if the row has no white space between its tokens. */
  compact: boolean
  /** Position in the row → column: the guess for the next row, verified each time. */
  readonly order: number[]
  /** Where the last row's keys differed from the guess. */
  readonly changes: KeyChange[]
}

/** A member of a row whose key differs from that of the row before. */
export interface KeyChange {
  readonly member: number
  /** The column, or {@link OTHER_FIELDS}. */
  readonly column: number
  /** Where the key begins, including its quotes. */
  readonly keyStart: number
  readonly keyEnd: number
}

export function rowSpans(layout: RowLayout): RowSpans {
  return {
    values: new Int32Array(layout.columns.length * 3),
    others: [],
    compact: true,
    order: layout.columns.map((_, index) => index),
    changes: [],
  }
}

/**
 * Scans the row (a JSON object) at `pos` and records its values in `spans`. Returns the position after it, or
 * INCOMPLETE; throws InvalidJson. If a key is repeated, the last value counts, as in every JSON parser.
 */
export function scanRow(
  bytes: Uint8Array,
  pos: number,
  end: number,
  layout: RowLayout,
  spans: RowSpans,
): number {
  const { values, others, order, changes } = spans
  const { columns } = layout
  for (let i = 2; i < values.length; i += 3) values[i] = Kind.missing
  others.length = 0
  changes.length = 0
  let spaces = 0

  let next = skipSpace(bytes, pos + 1, end)
  spaces += next - pos - 1
  if (next >= end) return INCOMPLETE
  if (bytes[next] === CLOSE_BRACE) {
    spans.compact = spaces === 0
    return next + 1
  }
  for (let member = 0; ; member++) {
    const keyStart = next
    let keyEnd: number
    let valueStart: number
    // The keys usually come in the same order as in the previous row, without white space: then they need
    // only be compared, not scanned.
    let column = order[member] ?? OTHER_FIELDS
    const token = columns[column]?.token
    if (token !== undefined && startsWith(bytes, keyStart, end, token)) {
      valueStart = keyStart + token.length
      keyEnd = valueStart - 1
      if (isSpace(bytes[valueStart] as number)) {
        valueStart = skipSpace(bytes, valueStart, end)
        spaces++
      }
    } else {
      keyEnd = scanKey(bytes, keyStart, end)
      if (keyEnd === INCOMPLETE) return INCOMPLETE
      column = findColumn(bytes, keyStart + 1, keyEnd - 1, scannedKind, layout)
      order[member] = column
      changes.push({ member, column, keyStart, keyEnd })
      valueStart = scanColon(bytes, keyEnd, end)
      if (valueStart === INCOMPLETE) return INCOMPLETE
      spaces += valueStart - keyEnd - 1
    }
    const valueEnd = scanValue(bytes, valueStart, end)
    if (valueEnd === INCOMPLETE) return INCOMPLETE
    // A nested value may contain white space, and is rare: such a row is compacted token by token.
    if (scannedKind === Kind.nested) spaces++

    if (column !== OTHER_FIELDS) {
      values[column * 3] = valueStart
      values[column * 3 + 1] = valueEnd
      values[column * 3 + 2] = scannedKind
    }
    if (column === OTHER_FIELDS || columns[column]?.late === true) {
      others.push(keyStart, keyEnd, valueStart, valueEnd)
    }

    next = skipSpace(bytes, valueEnd, end)
    spaces += next - valueEnd
    if (next >= end) return INCOMPLETE
    if (bytes[next] === CLOSE_BRACE) {
      spans.compact = spaces === 0
      return next + 1
    }
    if (bytes[next] !== COMMA) invalidJson('"," or "}" after a value', next)
    const after = skipSpace(bytes, next + 1, end)
    spaces += after - next - 1
    next = after
    if (next >= end) return INCOMPLETE
  }
}

/** True if `token` is at `pos`, followed by at least one byte. */
function startsWith(bytes: Uint8Array, pos: number, end: number, token: Buffer): boolean {
  const { length } = token
  if (pos + length >= end) return false
  for (let i = 0; i < length; i++) if (bytes[pos + i] !== token[i]) return false
  return true
}

/** Finds the column of the key between `start` and `end`, by its text. */
function findColumn(
  bytes: Uint8Array,
  start: number,
  end: number,
  keyKind: number,
  layout: RowLayout,
): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  const key = keyKind === Kind.escaped ? unescapeKey(text) : text.toString('latin1')
  return layout.columnByKey.get(key) ?? OTHER_FIELDS
}

function unescapeKey(text: Buffer): string {
  return JSON.parse(`"${text.toString()}"`) as string
}
