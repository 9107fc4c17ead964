import { ArchiveError } from '../../errors.ts'
import { addRow } from '../batch/row-batch.ts'
import { type RowBuffers, rowBuffers } from '../batch/row-buffers.ts'
import { bodyBatches } from '../body/body-batches.ts'
import type { BodyChecks } from '../body/body-checks.ts'
import { bodyWindow } from '../body/body-window.ts'
import type { RowReader } from '../body/row-reader.ts'
import { byteBuffer } from '../bytes/byte-buffer.ts'
import { invalidUtf8In } from '../bytes/utf8.ts'
import { MAX_ENVELOPE_BYTES, MAX_ROW_BYTES } from '../limits.ts'
import type { RowLayout } from '../row-layout.ts'
import { noteDrift } from '../scan/drift.ts'
import { INCOMPLETE } from '../scan/json-bytes.ts'
import { assertRow } from '../scan/row-identity.ts'
import { rowSpans, scanRow } from '../scan/scan-row.ts'
import { skipByteOrderMark } from './byte-order-mark.ts'
import { type CsvColumns, csvColumns } from './csv-columns.ts'
import { type CsvKernel, csvKernel } from './csv-kernel.ts'
import { appendJsonRow } from './json-row.ts'
import { recordsBefore } from './records-before.ts'
import {
  CR,
  type FieldSpans,
  fieldText,
  InvalidCsv,
  LF,
  scanRecord,
  skipLineEnd,
} from './scan-record.ts'

/** The largest header that we accept, in bytes. */
const MAX_HEADER_BYTES = MAX_ENVELOPE_BYTES

/** Reads one CSV body. */
export interface CsvReader extends RowReader {
  /** Facts about the part of the body read so far. */
  facts(): CsvFacts
}

export interface CsvFacts {
  /** Number of empty lines, which are skipped. */
  readonly blankLines: number
  /** Columns of the layout that are not in the header; rows do not have these members. */
  readonly missingColumns: readonly string[]
}

/**
 * A streaming reader of one CSV body (RFC 4180; accepts LF, a byte order mark and blank lines), correct at every chunk
 * boundary. It writes into `buffers` and produces the same batches as the JSON reader does for the same rows. A row has
 * the header's columns under the layout's names and in the layout's order, followed by unknown columns. Throws
 * `ROWS_UNEXPECTED_SHAPE`, `ROWS_INVALID_UTF8`, `ROWS_CUT`, `ROWS_TOO_LARGE` (each with the byte offset and the record's
 * number, not counting the header), `ROWS_NOT_A_ROW`, and what `checks` throw. After an error it must not be used again.
 */
export function csvReader(
  layout: RowLayout,
  buffers: RowBuffers = rowBuffers(),
  checks: BodyChecks = {},
): CsvReader {
  const batches = bodyBatches(layout, buffers)
  const body = bodyWindow(buffers.rest, scan)
  const spans = rowSpans(layout)
  const fields: FieldSpans = []
  const row = byteBuffer(4_096) // the current record as JSON
  let columns: CsvColumns | null = null // null until the header has been read
  let header: Buffer = Buffer.alloc(0)
  let kernel: CsvKernel | null = null
  let isSampled = false
  let blankLines = 0
  let window: Buffer = buffers.rest.bytes // the bytes being scanned

  /** Reads the complete records of the window; returns how many bytes have been read. */
  function consume(): number {
    const { offset, isEnding } = body
    let pos = 0
    if (offset === 0) {
      pos = skipByteOrderMark(window, isEnding)
      if (pos === INCOMPLETE) return 0
    }
    while (pos < window.length) {
      const after = skipLineEnd(window, pos)
      if (after > pos) {
        blankLines++
        pos = after
        continue
      }
      const taken = isSampled ? (kernel?.take(pos, batches.out) ?? pos) : pos
      if (taken > pos) {
        pos = taken
        continue
      }
      // Wait for more bytes before trying the slow path.
      if (isSampled && kernel?.isCut() === true && !isEnding) return pos
      const next = scanRecord(window, pos, isEnding, fields, columns?.count)
      if (next === INCOMPLETE) return pos
      if (columns === null) readHeader(pos, next)
      else addRecord(pos, next, columns)
      pos = next
    }
    return pos
  }

  function readHeader(pos: number, next: number): void {
    assertSize(next - pos, MAX_HEADER_BYTES, pos)
    const names = Array.from({ length: fields.length / 3 }, (_, i) => fieldText(window, fields, i))
    columns = csvColumns(names, layout)
    header = Buffer.from(withoutLineEnd(window.subarray(pos, next)))
    kernel = csvKernel(columns, header, layout)
    kernel?.begin(window)
  }

  /** Adds the record in `fields` as a JSON row. */
  function addRecord(pos: number, next: number, { count, members }: CsvColumns): void {
    if (fields.length < count * 3) {
      throw shape(
        `${fields.length / 3} of ${count} fields, the number of columns in the header`,
        pos,
      )
    }
    if (header.equals(withoutLineEnd(window.subarray(pos, next)))) {
      throw shape('the header is repeated: the body seems to be several files in one', pos)
    }
    assertSize(next - pos, MAX_ROW_BYTES, pos)
    row.length = 0
    appendJsonRow(row, window, fields, members)
    assertSize(row.length, MAX_ROW_BYTES, pos) // readers of the archive have the same limit
    scanRow(row.bytes, 0, row.length, layout, spans)
    if (!isSampled) noteDrift(row.bytes, spans, layout, batches.out.drift)
    isSampled = true
    const { rowWords: words } = checks
    if (words !== undefined) {
      assertRow(row.bytes, 0, row.length, spans, layout, { row: batches.rows + 1, words })
    }
    addRow(batches.out, row.bytes, 0, row.length, layout, spans)
  }

  /** Adds the record number and the offset in the body to an InvalidCsv; returns any other error unchanged. */
  function inBody(error: unknown): unknown {
    if (!(error instanceof InvalidCsv)) return error
    const { code, position, message } = error
    const record = columns === null ? 'the header' : `record ${batches.rows + 1}`
    return new ArchiveError(code, `${record}, at byte ${body.offset + position}: ${message}`)
  }

  function scan(bytes: Buffer): number {
    batches.begin()
    window = bytes
    kernel?.begin(window)
    const before = columns === null ? null : batches.rows
    let done: number
    try {
      done = consume()
    } catch (error) {
      assertText(window, before)
      throw inBody(error)
    }
    kernel?.addSums(batches.out)
    assertText(window.subarray(0, done), before)
    try {
      assertSize(window.length - done, columns === null ? MAX_HEADER_BYTES : MAX_ROW_BYTES, done)
    } catch (error) {
      throw inBody(error)
    }
    return done
  }

  /** Rejects invalid UTF-8. `before`: number of rows before the window; null if the header is in it. */
  function assertText(text: Buffer, before: number | null): void {
    const { offset, isEnding } = body
    const bad = invalidUtf8In(text)
    if (bad === null || (bad === text.length && !isEnding)) return
    const record = (before ?? -1) + 1 + recordsBefore(window, bad, offset === 0)
    const place = `${record === 0 ? 'the header' : `record ${record}`}, at byte ${offset + bad}`
    if (bad < text.length) throw new ArchiveError('ROWS_INVALID_UTF8', `${place}: invalid UTF-8`)
    throw new ArchiveError('ROWS_CUT', `${place}: the body ends within a character`)
  }

  return {
    push: body.push,
    take: batches.take,
    end() {
      body.end()
      checks.envelope?.({}, columns !== null)
      if (columns === null) {
        throw new ArchiveError('ROWS_UNEXPECTED_SHAPE', 'the body is empty: it has no header')
      }
      return {}
    },
    facts: () => ({ blankLines, missingColumns: columns?.missing ?? [] }),
  }
}

function shape(message: string, position: number): InvalidCsv {
  return new InvalidCsv('ROWS_UNEXPECTED_SHAPE', message, position)
}

function assertSize(bytes: number, most: number, position: number): void {
  if (bytes <= most) return
  throw new InvalidCsv('ROWS_TOO_LARGE', `larger than ${most} bytes`, position)
}

function withoutLineEnd(record: Buffer): Buffer {
  let end = record.length
  if (record[end - 1] === LF) end--
  if (record[end - 1] === CR) end--
  return record.subarray(0, end)
}
