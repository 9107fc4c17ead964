/** Sorts the rows of batches by usage day, and keeps the order of the rows within each day. */

import type { RowBatch } from '../batch/row-batch.ts'
import { append, type ByteBuffer, byteBuffer, reserve } from '../bytes/byte-buffer.ts'
import { intList, push } from '../bytes/int-list.ts'
import { recordEnds } from '../csv/record-ends.ts'

/** The bytes of some rows, in both formats. */
export type RowBytes = Pick<RowBatch, 'rows' | 'lines' | 'lineEnds' | 'csv' | 'dates'>

/** Rows of one usage day, as yyyymmdd; 0: rows without a day of the month. Valid until the next cut is requested. */
export interface DayCut {
  readonly day: number
  readonly rows: RowBytes
}

/** Cuts batches, one after the other. */
export interface DayCutter {
  cut(batch: RowBytes): Iterable<DayCut>
}

/** Cuts by the days of `month`, as yyyymm. Its buffers grow to the size of the largest batch. */
export function dayCutter(month: number): DayCutter {
  const lines = byteBuffer(0)
  const csv = byteBuffer(0)
  const lineEnds = intList(0)
  const dates = intList(0)

  function* cut(batch: RowBytes): Generator<DayCut> {
    const days = rowsByDay(batch.dates, month)
    const [first] = days.keys()
    if (first === undefined) return
    if (days.size === 1) {
      yield { day: first, rows: batch }
      return
    }
    const csvEnds = recordEnds(batch.csv, batch.rows)
    for (const [day, rows] of days) yield { day, rows: collect(batch, csvEnds, rows) }
  }

  function collect(batch: RowBytes, csvEnds: Uint32Array, rows: readonly number[]): RowBytes {
    lines.length = csv.length = lineEnds.length = dates.length = 0
    for (const row of rows) {
      copy(lines, batch.lines, batch.lineEnds, row)
      copy(csv, batch.csv, csvEnds, row)
      push(lineEnds, lines.length)
      push(dates, batch.dates[row] as number)
    }
    return {
      rows: rows.length,
      lines: lines.bytes.subarray(0, lines.length),
      lineEnds: lineEnds.values.subarray(0, lineEnds.length),
      csv: csv.bytes.subarray(0, csv.length),
      dates: dates.values.subarray(0, dates.length),
    }
  }

  return { cut }
}

/** `date` (yyyymmdd) if it is a day of `month` (yyyymm), otherwise 0. */
export function dayOfMonth(date: number, month: number): number {
  return Math.floor(date / 100) === month ? date : 0
}

/** The numbers of the rows of each day, in order. */
function rowsByDay(dates: Uint32Array, month: number): Map<number, number[]> {
  const days = new Map<number, number[]>()
  for (let row = 0; row < dates.length; row++) {
    const date = dates[row] as number
    const day = dayOfMonth(date, month)
    const rows = days.get(day)
    if (rows === undefined) days.set(day, [row])
    else rows.push(row)
  }
  return days
}

/** Appends what ends at `ends[at]` and begins where the one before it ends. */
function copy(target: ByteBuffer, source: Uint8Array, ends: Uint32Array, at: number): void {
  const start = at === 0 ? 0 : (ends[at - 1] as number)
  const end = ends[at] as number
  reserve(target, end - start)
  append(target, source, start, end)
}
