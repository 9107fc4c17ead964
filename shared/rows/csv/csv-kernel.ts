/**
 * The host's side of the CSV kernel (`kernel/assembly/csv-rows.ts`): gives it a body frame by frame, and takes over the
 * rows that it wrote. What it leaves goes through `scan-record.ts` and `json-row.ts`.
 */
import { append, reserve } from '../byte-buffer.ts'
import { reserveInts } from '../int-list.ts'
import { kernelSums } from '../kernel-sums.ts'
import type { BatchBuilder } from '../row-batch.ts'
import type { RowLayout } from '../row-layout.ts'
import type { CsvColumns } from './csv-columns.ts'
import { csvKernelConstant as constant, csvKernelInstance } from './csv-kernel-instance.ts'
import { type CsvKernelTables, csvKernelTables } from './csv-kernel-tables.ts'

/** Takes the records of one body. It shares its machine with others. */
export interface CsvKernel {
  /** Turns to the body's next bytes. Until the next call of this, no other body may use the machine. */
  begin(bytes: Uint8Array): void
  /**
   * Adds records, the first of which begins at `pos`, to `out`. Returns the position behind the last one, or `pos` if
   * the record there is left to the slow path.
   */
  take(pos: number, out: BatchBuilder): number
  /** True if the record that the last call left may only be cut by the end of the bytes. */
  isCut(): boolean
  /** Adds the sums of the rows taken to `out`. */
  addSums(out: BatchBuilder): void
}

/** Whose tables are in the machine's memory. */
let current: CsvKernelTables | null = null

/** The kernel for one body; null if its header is more than it can hold. */
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
  /** The record that is known to be left to the slow path. */
  let leftAt = -1
  let leftIsCut = false

  function load(pos: number): void {
    frameStart = pos
    frameEnd = Math.min(body.length, pos + FRAME_BYTES)
    memory.set(body.subarray(frameStart, frameEnd), FRAME)
    const behind = FRAME + frameEnd - frameStart
    memory.fill(0, behind, behind + SLACK)
  }

  /** Takes over the rows that the kernel wrote. */
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
      sums.clear() // those of a body that turned out to be invalid
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
        // What ends with the frame may go on behind it.
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
