/** Selects rows from a block's text, as JSON or CSV. Selected values keep their bytes. */
import { type ByteBuffer, byteBuffer } from '../bytes/byte-buffer.ts'
import { columnNamed, OTHER_FIELDS, OTHER_FIELDS_NAME, type RowLayout } from '../row-layout.ts'
import { rowSpans, scanRow } from '../scan/scan-row.ts'
import { type Condition, checkedCondition } from './condition.ts'
import { withNumberTexts } from './number-texts.ts'
import { type DateRange, datesOf, rowFilter } from './row-filter.ts'
import { csvWriter, type FieldSelection, jsonWriter } from './row-writer.ts'

/** `json`: separated by commas, as in an array; `ndjson`: one per line; `csv`: RFC 4180. */
export type RowFormat = 'json' | 'ndjson' | 'csv'

/** The requested rows and fields. */
export interface RowSelection extends FieldSelection {
  /** Usage dates; null for all. */
  readonly dates: DateRange | null
  readonly where: readonly Condition[]
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

/** The layout whose CSV has the selected columns, in order. */
function csvLayout(layout: RowLayout, { select, dropFields, rename }: FieldSelection): RowLayout {
  const nameOf = (column: number): string =>
    layout.columns[column]?.name ?? /* OTHER_FIELDS */ OTHER_FIELDS_NAME
  const csvOrder =
    select?.map((name) => columnNamed(layout, name)) ??
    layout.csvOrder.filter((column) => column === OTHER_FIELDS || !dropFields.has(nameOf(column)))
  const names = csvOrder.map(nameOf).map((name) => rename.get(name) ?? name)
  return { ...layout, csvOrder, header: Buffer.from(`${names.join(',')}\r\n`) }
}
