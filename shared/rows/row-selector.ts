/** Selects rows from a block's text, as JSON or CSV. Selected values keep their bytes. */
import { append, type ByteBuffer, byteBuffer, reserve } from './byte-buffer.ts'
import { type Condition, checkedCondition } from './condition.ts'
import {
  CLOSE_BRACE,
  COLON,
  COMMA,
  Kind,
  NEWLINE,
  OPEN_BRACE,
  scanColon,
  scanKey,
  scannedKind,
  scanValue,
} from './json-scan.ts'
import { withNumberTexts } from './number-texts.ts'
import { type DateRange, datesOf, rowFilter } from './row-filter.ts'
import { columnNamed, OTHER_FIELDS, OTHER_FIELDS_NAME, type RowLayout } from './row-layout.ts'
import { type RowSpans, rowSpans, scanRow } from './scan-row.ts'
import { appendCsvRow } from './write-csv.ts'

/** `json`: separated by commas, as in an array; `ndjson`: one per line; `csv`: RFC 4180. */
export type RowFormat = 'json' | 'ndjson' | 'csv'

/** The requested rows and fields. */
export interface RowSelection {
  /** Usage dates; null for all. */
  readonly dates: DateRange | null
  readonly where: readonly Condition[]
  /** Fields to leave out. */
  readonly dropFields: ReadonlySet<string>
  /** Fields to rename. */
  readonly rename: ReadonlyMap<string, string>
  /** Columns to keep, in this order; null for all. */
  readonly select: readonly string[] | null
  /** `text`: numbers of JSON as strings of their digits. */
  readonly decimals?: 'text' | undefined
}

export const ALL_ROWS: RowSelection = {
  dates: null,
  where: [],
  dropFields: new Set(),
  rename: new Map(),
  select: null,
}

export interface SelectedRows {
  readonly text: Buffer
  readonly rows: number
}

/** Rows of one block; `next` is the row where the limit stopped, null if the block's end was reached. */
export interface TakenRows extends SelectedRows {
  readonly next: number | null
}

export interface RowSelector {
  /** True if every row is selected unchanged: then the result equals the block's own text. */
  readonly isWhole: boolean
  readonly format: RowFormat
  /** The range of days of matching rows; null if unlimited. */
  readonly dates: DateRange | null
  /** CSV's header row; empty for JSON. */
  readonly header: Buffer
  /**
   * The rows of a block's text (as returned by `inflateBlock`: separated by `\n,`) from row `from` on, at
   * most `limit`.
   */
  take(text: Buffer, from?: number, limit?: number): TakenRows
}

/** Compiles a selection for a dataset's rows. */
export function rowSelector(
  layout: RowLayout,
  selection: RowSelection,
  format: RowFormat,
): RowSelector {
  const where = selection.where.map((condition) => checkedCondition(layout, condition))
  const fits = rowFilter(layout, selection.dates, where)
  const spans = rowSpans(layout)
  const csv = csvLayout(layout, selection)
  const asSent = format === 'csv' ? csvWriter(csv) : jsonWriter(layout, selection, format)
  const isText = format !== 'csv' && selection.decimals === 'text'
  const write = isText ? withNumberTexts(asSent) : asSent
  return {
    isWhole:
      format === 'json' &&
      !isText &&
      fits === null &&
      selection.select === null &&
      selection.dropFields.size + selection.rename.size === 0,
    format,
    dates: selection.dates ?? datesOf(layout, where),
    header: format === 'csv' ? csv.header : Buffer.alloc(0),
    take(text, from = 0, limit = Number.POSITIVE_INFINITY) {
      const out = byteBuffer(text.length + 2)
      let rows = 0
      let row = 0
      for (let pos = 0; pos < text.length; row++) {
        const end = scanRow(text, pos, text.length, layout, spans)
        if (row >= from && (fits === null || fits(text, spans.values))) {
          if (rows === limit) return { text: used(out), rows, next: row }
          write(out, text, pos, end, spans, rows++ === 0)
        }
        pos = end + 2
      }
      return { text: used(out), rows, next: null }
    },
  }
}

function used(out: ByteBuffer): Buffer {
  return out.bytes.subarray(0, out.length)
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

/** Names may be selected twice, so a row can become larger than all of its fields. */
function csvWriter(layout: RowLayout): RowWriter {
  const copies = Math.max(1, ...countsOf(layout.csvOrder))
  return (out, text, start, end, spans) =>
    appendCsvRow(out, text, layout, spans, (end - start) * copies)
}

function countsOf(columns: readonly number[]): Iterable<number> {
  const counts = new Map<number, number>()
  for (const column of columns) counts.set(column, (counts.get(column) ?? 0) + 1)
  return counts.values()
}

function jsonWriter(
  layout: RowLayout,
  { dropFields, rename, select }: RowSelection,
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

/** The layout whose CSV has the selected columns, in order. */
function csvLayout(layout: RowLayout, { select, dropFields, rename }: RowSelection): RowLayout {
  const nameOf = (column: number): string =>
    layout.columns[column]?.name ?? /* OTHER_FIELDS */ OTHER_FIELDS_NAME
  const csvOrder =
    select?.map((name) => columnNamed(layout, name)) ??
    layout.csvOrder.filter((column) => column === OTHER_FIELDS || !dropFields.has(nameOf(column)))
  const names = csvOrder.map(nameOf).map((name) => rename.get(name) ?? name)
  return { ...layout, csvOrder, header: Buffer.from(`${names.join(',')}\r\n`) }
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
