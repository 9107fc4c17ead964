/** Appends rows of a block's text in a format. Values keep their bytes. */

import { appendCsvRow } from '../batch/write-csv.ts'
import { append, type ByteBuffer, reserve } from '../bytes/byte-buffer.ts'
import { columnNamed, type RowLayout } from '../row-layout.ts'
import { CLOSE_BRACE, COLON, COMMA, NEWLINE, OPEN_BRACE } from '../scan/json-bytes.ts'
import { Kind, scanColon, scanKey, scannedKind, scanValue } from '../scan/json-scan.ts'
import type { RowSpans } from '../scan/scan-row.ts'

/** The fields of rows to write. */
export interface FieldSelection {
  /** Fields to leave out. */
  readonly dropFields: ReadonlySet<string>
  /** Fields to rename. */
  readonly rename: ReadonlyMap<string, string>
  /** Columns to keep, in this order; null for all. */
  readonly select: readonly string[] | null
}

/** The bytes before and after a row. */
const SEPARATORS = 2

/** Appends one row that was scanned into `spans`. */
export type RowWriter = (
  out: ByteBuffer,
  text: Buffer,
  start: number,
  end: number,
  spans: RowSpans,
  isFirst: boolean,
) => void

/** Writes CSV rows. Names may be selected twice, so a row can become larger than all of its fields. */
export function csvWriter(layout: RowLayout): RowWriter {
  const copies = Math.max(1, ...countsOf(layout.csvOrder))
  return (out, text, start, end, spans) =>
    appendCsvRow(out, text, layout, spans, (end - start) * copies)
}

function countsOf(columns: readonly number[]): Iterable<number> {
  const counts = new Map<number, number>()
  for (const column of columns) counts.set(column, (counts.get(column) ?? 0) + 1)
  return counts.values()
}

/** Writes JSON rows: separated by commas, or one a line. */
export function jsonWriter(
  layout: RowLayout,
  { dropFields, rename, select }: FieldSelection,
  format: 'json' | 'ndjson',
): RowWriter {
  const members = select?.map((name) => memberOf(layout, name)) ?? null
  return (out, text, start, end, spans, isFirst) => {
    const size = members === null ? end - start : membersSize(spans, members)
    reserve(out, size + SEPARATORS)
    if (format === 'json' && !isFirst) out.bytes[out.length++] = COMMA
    if (members !== null) appendMembers(out, text, spans, members)
    else if (dropFields.size + rename.size === 0) append(out, text, start, end)
    else appendChanged(out, text, start, end, dropFields, rename)
    if (format === 'ndjson') out.bytes[out.length++] = NEWLINE
  }
}

interface Member {
  readonly column: number
  /** The key in quotes. */
  readonly token: Buffer
}

function memberOf(layout: RowLayout, name: string): Member {
  return { column: columnNamed(layout, name), token: Buffer.from(JSON.stringify(name)) }
}

/** The maximum size of what {@link appendMembers} appends: braces, plus a comma and a colon per member. */
function membersSize({ values }: RowSpans, members: readonly Member[]): number {
  return members.reduce((sum, { column, token }) => {
    if (values[column * 3 + 2] === Kind.missing) return sum
    const value = (values[column * 3 + 1] as number) - (values[column * 3] as number)
    return sum + token.length + value + 2
  }, 2)
}

/** Appends the row's selected members; missing ones are omitted. */
function appendMembers(
  out: ByteBuffer,
  text: Buffer,
  { values }: RowSpans,
  members: readonly Member[],
): void {
  out.bytes[out.length++] = OPEN_BRACE
  let isFirst = true
  for (const { column, token } of members) {
    if (values[column * 3 + 2] === Kind.missing) continue
    if (!isFirst) out.bytes[out.length++] = COMMA
    isFirst = false
    append(out, token, 0, token.length)
    out.bytes[out.length++] = COLON
    append(out, text, values[column * 3] as number, values[column * 3 + 1] as number)
  }
  out.bytes[out.length++] = CLOSE_BRACE
}

/** Appends the (compact) row without the members in `drop`, and with others renamed. */
function appendChanged(
  out: ByteBuffer,
  text: Buffer,
  start: number,
  end: number,
  drop: ReadonlySet<string>,
  rename: ReadonlyMap<string, string>,
): void {
  out.bytes[out.length++] = OPEN_BRACE
  let isFirst = true
  for (let pos = start + 1; text[pos] !== CLOSE_BRACE && pos < end; ) {
    const keyEnd = scanKey(text, pos, end)
    const key = keyAt(text, pos, keyEnd, scannedKind === Kind.escaped)
    const valueEnd = scanValue(text, scanColon(text, keyEnd, end), end)
    if (!drop.has(key)) {
      if (!isFirst) out.bytes[out.length++] = COMMA
      isFirst = false
      const name = rename.get(key)
      if (name === undefined) append(out, text, pos, valueEnd)
      else {
        const token = Buffer.from(JSON.stringify(name))
        reserve(out, token.length + end - keyEnd + SEPARATORS)
        append(out, token, 0, token.length)
        append(out, text, keyEnd, valueEnd)
      }
    }
    pos = text[valueEnd] === COMMA ? valueEnd + 1 : valueEnd
  }
  out.bytes[out.length++] = CLOSE_BRACE
}

/** A key with its escapes resolved: `"c\\u006fst"` is `cost`. */
function keyAt(text: Buffer, start: number, end: number, isEscaped: boolean): string {
  if (isEscaped) return JSON.parse(text.toString('utf8', start, end)) as string
  return text.toString('utf8', start + 1, end - 1)
}
