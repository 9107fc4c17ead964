/**
 * The JavaScript side of the CSV kernel (`kernel/assembly/csv-rows.ts`): copies a body into it frame by frame and copies
 * the rows out. Records that the kernel does not take are read by `scan-record.ts` and `json-row.ts`.
 */

import type { BatchBuilder } from '../batch/row-batch.ts'
import { append, reserve } from '../bytes/byte-buffer.ts'
import { reserveInts } from '../bytes/int-list.ts'
import { kernelSums } from '../decimal/kernel-sums.ts'
import type { RowLayout } from '../row-layout.ts'
import type { CsvColumns } from './csv-columns.ts'
import { csvKernelConstant as constant, csvKernelInstance } from './csv-kernel-instance.ts'
import { type CsvKernelTables, csvKernelTables } from './csv-kernel-tables.ts'

/** Reads the records of one body. All bodies share one WebAssembly instance. */
export interface CsvKernel {
  /** Starts on the next bytes of the body. No other body may use the kernel until these are done. */
  begin(bytes: Uint8Array): void
  /**
   * Adds the records from `pos` on to `out`. Returns the position after the last one, or `pos` if the first record needs
   * the slow path.
   */
  take(pos: number, out: BatchBuilder): number
  /** True if the record at which the last call stopped may merely be cut off by the end of the bytes. */
  isCut(): boolean
  /** Adds the sums of the rows read so far to `out`. */
  addSums(out: BatchBuilder): void
}

/** The tables that are loaded in the kernel. */
let current: CsvKernelTables | null = null

/** Makes the kernel for one body; null if its header is too large for it. */
export function csvKernel(
  columns: CsvColumns,
  header: Buffer,
  layout: RowLayout,
): CsvKernel | null {
  const tables = csvKernelTables(columns, header, layout)
  if (tables === null) return null
  const wasm = csvKernelInstance()
  const { buffer } = wasm.memory
  const memory = Buffer.from(buffer)
  const [TABLES, LINES, CSV, FRAME] = ['TABLES', 'LINES', 'CSV', 'FRAME'].map(constant) as [
    number,
    number,
    number,
    number,
  ]
  const [FRAME_BYTES, SLACK] = [constant('FRAME_BYTES'), constant('SLACK')]
  const [FULL, LEFT] = [constant('FULL'), constant('LEFT')]
  const words = (name: string): Uint32Array =>
    new Uint32Array(buffer, constant(name), constant('MAX_ROWS'))
  const [ends, dates] = [words('LINE_ENDS'), words('DATES')]
  const sums = kernelSums(
    buffer,
    constant('SUMS'),
    layout.decimalColumns.length,
    constant('SUM_BYTES') / 8,
  )
  const otherNames = columns.members.filter(({ isOther }) => isOther).map(({ name }) => name)

  let body: Uint8Array = new Uint8Array(0)
  let frameStart = 0
  let frameEnd = 0
  /** Position of the record that is known to need the slow path. */
  let leftAt = -1
  let leftIsCut = false

  function load(pos: number): void {
    frameStart = pos
    frameEnd = Math.min(body.length, pos + FRAME_BYTES)
    memory.set(body.subarray(frameStart, frameEnd), FRAME)
    const after = FRAME + frameEnd - frameStart
    memory.fill(0, after, after + SLACK)
  }

  /** Copies the rows that the kernel wrote to `out`. */
  function takeOver(out: BatchBuilder): void {
    const rows = wasm.rowCount.value
    const { lines, lineEnds, csv } = out
    reserve(csv, wasm.csvBytes.value)
    append(csv, memory, CSV, CSV + wasm.csvBytes.value)
    const shift = lines.length
    reserve(lines, wasm.lineBytes.value)
    append(lines, memory, LINES, LINES + wasm.lineBytes.value)
    reserveInts(lineEnds, rows)
    for (let i = 0; i < rows; i++) {
      lineEnds.values[lineEnds.length++] = (ends[i] as number) + shift
    }
    reserveInts(out.dates, rows)
    out.dates.values.set(dates.subarray(0, rows), out.dates.length)
    out.dates.length += rows
    out.rows += rows
    for (const name of otherNames) out.unknownFields.add(name)
  }

  function addSums(out: BatchBuilder): void {
    sums.moveTo(out.sums)
    wasm.sumsAreEmpty()
  }

  return {
    begin(bytes) {
      if (current !== tables) {
        memory.set(tables.bytes, TABLES)
        wasm.setTables(...tables.counts)
        current = tables
      }
      body = bytes
      frameStart = 0
      frameEnd = 0
      leftAt = -1
      sums.clear() // another body may have failed in the middle
      wasm.sumsAreEmpty()
    },

    take(pos, out) {
      if (pos === leftAt) return pos
      if (pos < frameStart || pos >= frameEnd) load(pos)
      for (;;) {
        const taken = wasm.takeRecords(FRAME + pos - frameStart, FRAME + frameEnd - frameStart)
        const after = frameStart + taken - FRAME
        if (wasm.rowCount.value > 0) takeOver(out)
        const status = wasm.status.value
        if (status === FULL) addSums(out)
        if (status !== LEFT) return after
        // The record may continue after the frame.
        const atEnd = wasm.failedAt.value - FRAME + frameStart >= frameEnd
        if (atEnd && frameEnd < body.length && after > frameStart) {
          load(after)
          if (after > pos) return after
          continue
        }
        leftAt = after
        leftIsCut = atEnd && frameEnd === body.length
        return after
      }
    },

    isCut: () => leftIsCut,

    addSums,
  }
}
