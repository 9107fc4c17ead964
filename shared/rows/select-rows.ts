import { append, type ByteBuffer, byteBuffer, reserve } from './byte-buffer.ts'
import { CLOSE_BRACE, COMMA, OPEN_BRACE, scanColon, scanKey, scanValue } from './json-scan.ts'
import type { RowLayout } from './row-layout.ts'
import { rowSpans, scanRow } from './scan-row.ts'

/** Which rows and fields of a block somebody asked for. */
export interface RowSelection {
  /** Usage dates as `yyyy-MM-dd`, both included; null for all. */
  readonly dates: { readonly first: string; readonly last: string } | null
  /** Fields to leave out. */
  readonly dropFields: ReadonlySet<string>
}

/** Rows, separated by commas: what stands between the brackets of a JSON array. */
export interface SelectedRows {
  readonly text: Buffer
  readonly rows: number
}

/**
 * Takes rows out of a block's text (as `inflateBlock` gives it: separated by `\n,`). What is kept keeps
 * its bytes.
 */
export function selectRows(text: Buffer, layout: RowLayout, selection: RowSelection): SelectedRows {
  const spans = rowSpans(layout)
  const out = byteBuffer(text.length + 2)
  const date = layout.dateColumn * 3
  let rows = 0
  for (let pos = 0; pos < text.length; ) {
    const end = scanRow(text, pos, text.length, layout, spans)
    if (isSelected(text, date, spans.values, selection)) {
      reserve(out, end - pos + 1)
      if (rows++ > 0) out.bytes[out.length++] = COMMA
      if (selection.dropFields.size === 0) append(out, text, pos, end)
      else appendWithout(out, text, pos, end, selection.dropFields)
    }
    pos = end + 2
  }
  return { text: out.bytes.subarray(0, out.length), rows }
}

function isSelected(
  text: Buffer,
  at: number,
  values: Int32Array,
  { dates }: RowSelection,
): boolean {
  if (dates === null) return true
  if (at < 0) return false
  const start = (values[at] as number) + 1
  const day = text.toString('latin1', start, start + 10)
  return day >= dates.first && day <= dates.last
}

/** Appends the (compact) row without the members whose keys are in `drop`. */
function appendWithout(
  out: ByteBuffer,
  text: Buffer,
  start: number,
  end: number,
  drop: ReadonlySet<string>,
): void {
  out.bytes[out.length++] = OPEN_BRACE
  let isFirst = true
  for (let pos = start + 1; text[pos] !== CLOSE_BRACE && pos < end; ) {
    const keyEnd = scanKey(text, pos, end)
    const valueEnd = scanValue(text, scanColon(text, keyEnd, end), end)
    if (!drop.has(text.toString('utf8', pos + 1, keyEnd - 1))) {
      if (!isFirst) out.bytes[out.length++] = COMMA
      append(out, text, pos, valueEnd)
      isFirst = false
    }
    pos = text[valueEnd] === COMMA ? valueEnd + 1 : valueEnd
  }
  out.bytes[out.length++] = CLOSE_BRACE
}
