import { append, reserve } from '../bytes/byte-buffer.ts'
import { push } from '../bytes/int-list.ts'
import { addNumber, type DecimalSum, decimalSum } from '../decimal/decimal.ts'
import type { RowLayout } from '../row-layout.ts'
import { appendCompact } from '../scan/compact.ts'
import { kindOf, noteDrift } from '../scan/drift.ts'
import { NEWLINE } from '../scan/json-bytes.ts'
import type { RowSpans } from '../scan/scan-row.ts'
import { NOT_A_DAY, usageDayAt } from '../scan/usage-day.ts'
import { noteOdd, type Oddity, type OddTally, type OddValues } from './odd-values.ts'
import type { RowBuffers } from './row-buffers.ts'
import { appendCsvRow } from './write-csv.ts'

/** Some rows of one body, in both formats: views into buffers that the reader reuses. */
export interface RowBatch {
  readonly rows: number
  /** The rows as the source sent them, without white space between tokens, each terminated by `\n`. */
  readonly lines: Uint8Array
  /** Where each row's line ends in `lines`. */
  readonly lineEnds: Uint32Array
  /** The rows as CSV records. */
  readonly csv: Uint8Array
  /** Each row's usage date as yyyymmdd, 0 if it has none, NOT_A_DAY if it names no day. */
  readonly dates: Uint32Array
  /** Exact sums of the layout's decimal columns, in order. */
  readonly sums: readonly DecimalSum[]
  /** Names of fields that are not in the layout. */
  readonly unknownFields: ReadonlySet<string>
  /**
   * Differences between rows and the layout, in words: from the first row of a body, and from every row whose
   * decimals are not numbers.
   */
  readonly drift: ReadonlySet<string>
  /** Values that can't be summed, or dates that name no day; rows are counted from the batch's first. */
  readonly odd: readonly OddValues[]
}

/** A batch under construction. */
export interface BatchBuilder extends RowBuffers {
  rows: number
  readonly sums: DecimalSum[]
  readonly unknownFields: Set<string>
  readonly drift: Set<string>
  readonly odd: OddTally
}

/** An empty batch, which overwrites what was in `buffers`. */
export function batchBuilder(layout: RowLayout, buffers: RowBuffers): BatchBuilder {
  buffers.lines.length = 0
  buffers.lineEnds.length = 0
  buffers.csv.length = 0
  buffers.dates.length = 0
  return {
    ...buffers,
    rows: 0,
    sums: layout.decimalColumns.map(decimalSum),
    unknownFields: new Set(),
    drift: new Set(),
    odd: new Map(),
  }
}

/** The finished batch. */
export function finishBatch(out: BatchBuilder): RowBatch {
  const { rows, lines, lineEnds, csv, dates, sums, unknownFields, drift, odd } = out
  return {
    rows,
    lines: lines.bytes.subarray(0, lines.length),
    lineEnds: lineEnds.values.subarray(0, lineEnds.length),
    csv: csv.bytes.subarray(0, csv.length),
    dates: dates.values.subarray(0, dates.length),
    sums,
    unknownFields,
    drift,
    odd: [...odd.values()],
  }
}

/** Adds the row that was scanned into `spans` from `bytes[start..end)`. */
export function addRow(
  out: BatchBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  layout: RowLayout,
  spans: RowSpans,
): void {
  reserve(out.lines, end - start + 1)
  if (spans.compact) append(out.lines, bytes, start, end)
  else appendCompact(out.lines, bytes, start, end)
  out.lines.bytes[out.lines.length++] = NEWLINE
  push(out.lineEnds, out.lines.length)
  appendCsvRow(out.csv, bytes, layout, spans, end - start)

  const { values } = spans
  const note = (column: number, what: Oddity): void =>
    noteOdd(out.odd, layout.columns[column]?.name ?? '', what, out.rows + 1)
  for (let i = 0; i < layout.decimalColumns.length; i++) {
    const column = layout.decimalColumns[i] as number
    const kind = kindOf(bytes, values, column)
    if (kind === 'number') {
      const [from, to] = [values[column * 3] as number, values[column * 3 + 1] as number]
      if (!addNumber(out.sums[i] as DecimalSum, bytes, from, to)) note(column, 'too-long')
    } else if (kind !== 'missing' && kind !== 'null') {
      note(column, 'no-number')
      noteDrift(bytes, spans, layout, out.drift)
    }
  }
  const day = layout.dateColumn < 0 ? 0 : usageDayAt(bytes, values, layout.dateColumn)
  if (day === NOT_A_DAY) note(layout.dateColumn, 'no-day')
  push(out.dates, day)
  const { others } = spans
  for (let i = 0; i < others.length; i += 4) {
    out.unknownFields.add(textOf(bytes, others[i] as number, others[i + 1] as number))
  }
  out.rows++
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(),
  ) as string
}
