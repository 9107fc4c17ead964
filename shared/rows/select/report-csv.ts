/**
 * Rows in the old API's CSV format: a title line, an empty line, the header, and values as .NET wrote them.
 * Known from a stored download and from public clients; the documentation does not describe it.
 */

import { appendCsvField } from '../batch/write-csv.ts'
import { append, type ByteBuffer, byteBuffer, reserve } from '../bytes/byte-buffer.ts'
import { plainDigits } from '../decimal/plain-digits.ts'
import { columnNamed, type RowLayout } from '../row-layout.ts'
import { COMMA } from '../scan/json-bytes.ts'
import { Kind } from '../scan/json-scan.ts'
import { type RowSpans, rowSpans, scanRow } from '../scan/scan-row.ts'
import { NOT_A_DAY, usageDayAt } from '../scan/usage-day.ts'
import { type DateRange, rowFilter } from './row-filter.ts'
import type { RowSelector } from './row-selector.ts'

/**
 * Clients skip this line; none is known to read it. No comma, because some look for the first line with many.
 */
const TITLE = 'Usage Data Extract'
const NEWLINE = Buffer.from('\r\n')
const YES = Buffer.from('True')
const NO = Buffer.from('False')

/**
 * Numbers with more digits than this keep their exponent, so that the output stays in proportion to the
 * input.
 */
const MAX_PLAIN_DIGITS = 1_000

/** Selects rows of these usage dates (null: all) as records of an old CSV report with `fields`, in order. */
export function reportCsvSelector(
  layout: RowLayout,
  fields: readonly string[],
  dates: DateRange | null,
): RowSelector {
  const columns = fields.map((name) => columnNamed(layout, name))
  const fits = rowFilter(layout, dates, [])
  const spans = rowSpans(layout)
  return {
    isWhole: false,
    format: 'csv',
    dates,
    header: Buffer.from(`${TITLE}\r\n\r\n${fields.map(nameInReport).join(',')}\r\n`),
    take(text, from = 0, limit = Number.POSITIVE_INFINITY) {
      const out = byteBuffer(text.length + 2)
      let rows = 0
      let row = 0
      for (let pos = 0; pos < text.length; row++) {
        const end = scanRow(text, pos, text.length, layout, spans)
        if (row >= from && (fits === null || fits(text, spans.values))) {
          if (rows === limit) return { text: used(out), rows, next: row }
          appendRecord(out, text, layout, columns, spans)
          rows++
        }
        pos = end + 2
      }
      return { text: used(out), rows, next: null }
    },
  }
}

/** `accountId` is `AccountId` in reports. */
function nameInReport(field: string): string {
  return `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`
}

function used(out: ByteBuffer): Buffer {
  return out.bytes.subarray(0, out.length)
}

function appendRecord(
  out: ByteBuffer,
  text: Buffer,
  layout: RowLayout,
  columns: readonly number[],
  spans: RowSpans,
): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as number
    reserve(out, 1)
    if (i > 0) out.bytes[out.length++] = COMMA
    const other = otherText(text, layout, column, spans)
    if (other === null) appendCsvField(out, text, spans, column)
    else appendAll(out, other)
  }
  appendAll(out, NEWLINE)
}

function appendAll(out: ByteBuffer, bytes: Uint8Array): void {
  reserve(out, bytes.length)
  append(out, bytes, 0, bytes.length)
}

/** The report's text of a value if it differs from the value's own text; otherwise null. */
function otherText(
  text: Buffer,
  layout: RowLayout,
  column: number,
  { values }: RowSpans,
): Uint8Array | null {
  const start = values[column * 3] as number
  const end = values[column * 3 + 1] as number
  const kind = values[column * 3 + 2] as number
  if (kind === Kind.literal) return literalText(text, start, end)
  if (column === layout.dateColumn && kind > Kind.null) return dayText(text, values, column)
  const isNumber = layout.columns[column]?.kind === 'number'
  return isNumber && kind === Kind.plain ? numberText(text, start + 1, end - 1) : null
}

const LOWER_T = 0x74
const LOWER_F = 0x66

function literalText(text: Buffer, start: number, end: number): Uint8Array | null {
  if (text[start] === LOWER_T) return YES
  if (text[start] === LOWER_F) return NO
  return numberText(text, start, end)
}

/** A number with its exponent written out; null for numbers without one. */
function numberText(text: Buffer, start: number, end: number): Uint8Array | null {
  for (let pos = start; pos < end; pos++) {
    if (((text[pos] as number) | 0x20) !== 0x65) continue
    const plain = plainDigits(text.toString('latin1', start, end), MAX_PLAIN_DIGITS)
    return plain === null ? null : Buffer.from(plain)
  }
  return null
}

/** The day of a time at midnight; null for other times, and for values that name no day. */
function dayText(text: Buffer, values: Int32Array, column: number): Uint8Array | null {
  const day = usageDayAt(text, values, column)
  if (day <= NOT_A_DAY) return null
  const start = values[column * 3] as number
  const end = values[column * 3 + 1] as number
  const isAsLong = end - start === USUAL.length + ISO_DAY + 2
  if (isAsLong && text.compare(USUAL, 0, USUAL.length, start + 1 + ISO_DAY, end - 1) === 0) {
    return text.subarray(start + 1, start + 1 + ISO_DAY)
  }
  if (!MIDNIGHT.test(JSON.parse(text.toString('utf8', start, end)) as string)) return null
  const digits = String(day).padStart(8, '0')
  return Buffer.from(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`)
}

/** The usual form of a day: `2018-08-01T00:00:00`. */
const ISO_DAY = 10
const USUAL = Buffer.from('T00:00:00')

/** A day alone, or its midnight. */
const MIDNIGHT = /^[\d/-]+(T00:00(:00(\.0+)?)?Z?| 12:00(:00)? AM| 0?0:00(:00)?)?$/i
