/**
 * The host side of the row kernel (`kernel/assembly`): passes it a body frame by frame, and collects the rows
 * that it wrote. Rows that it rejects go through `scan-row.ts`.
 */

import type { BatchBuilder } from '../batch/row-batch.ts'
import { append, reserve } from '../bytes/byte-buffer.ts'
import { reserveInts } from '../bytes/int-list.ts'
import { kernelSums } from '../decimal/kernel-sums.ts'
import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'
import { NEWLINE } from '../scan/json-bytes.ts'
import type { RowSpans } from '../scan/scan-row.ts'
import { kernelInstance } from './kernel-instance.ts'
import { kernelTemplate, type Learned } from './kernel-template.ts'

/** Processes the rows of one body. It shares its machine with other bodies, but nothing that it has learned. */
export interface RowKernel {
  /** Starts on the body's next bytes. Until the next call of this, no other body may use the machine. */
  begin(bytes: Uint8Array): void
  /**
   * Adds rows, the first of which begins at `pos`, to `out`. Returns the position after the last one, or
   * `pos` if the row there is left to the slow path.
   */
  take(pos: number, end: number, out: BatchBuilder): number
  /** True if the last rejected row may only be cut by the end of the bytes. */
  isCut(): boolean
  /** Learns the order of the keys from a row that took the slow path. */
  learn(bytes: Uint8Array, spans: RowSpans): void
  /** Adds the sums of the processed rows to `out`. */
  addSums(out: BatchBuilder): void
}

/** Creates the kernel of a body. */
type Machine = () => RowKernel

const machines = new WeakMap<RowLayout, Machine | null>()

/**
 * The kernel for one body, on a machine that is created once per layout; null if the layout has more or
 * longer names than the machine can hold.
 */
export function rowKernel(layout: RowLayout): RowKernel | null {
  let machine = machines.get(layout)
  if (machine === undefined) {
    machine = makeMachine(layout)
    machines.set(layout, machine)
  }
  return machine === null ? null : machine()
}

function makeMachine(layout: RowLayout): Machine | null {
  const wasm = kernelInstance()
  const constant = (name: string): number => (wasm[name] as WebAssembly.Global).value
  const FRAME = constant('FRAME')
  const FRAME_BYTES = constant('FRAME_BYTES')
  const SLACK = constant('SLACK')
  const MAX_COLUMNS = constant('MAX_COLUMNS')
  const MAX_TOKEN = constant('MAX_TOKEN')
  const FULL = constant('FULL')
  const LEFT = constant('LEFT')
  const { columns, csvOrder, decimalColumns, dateColumn } = layout
  // If the dataset defines no identity, any value of a known column counts.
  const groups = layout.identity.length > 0 ? layout.identity : [[...columns.keys()]]
  const identity = groups.flatMap((group) => [...group, MAX_COLUMNS])
  if (
    columns.length > MAX_COLUMNS ||
    columns.some(({ token }) => token.length > MAX_TOKEN) ||
    decimalColumns.length > constant('MAX_DECIMALS') ||
    identity.length > constant('MAX_IDENTITY')
  ) {
    return null
  }

  const { buffer } = wasm.memory
  const memory = Buffer.from(buffer)
  const words = (name: string, length: number): Uint32Array =>
    new Uint32Array(buffer, constant(name), length)
  const rowEnds = words('ROW_ENDS', constant('MAX_ROWS'))
  const dates = words('DATES', constant('MAX_ROWS'))
  const scales = constant('SUM_BYTES') / 8
  const sums = kernelSums(buffer, constant('SUMS'), decimalColumns.length, scales)
  words('CSV_ORDER', csvOrder.length).set(
    csvOrder.map((column) => (column === OTHER_FIELDS ? MAX_COLUMNS : column)),
  )
  words('DECIMALS', decimalColumns.length).set(decimalColumns)
  words('IDENTITY', identity.length).set(identity)
  wasm.setLayout(
    columns.length,
    csvOrder.length,
    decimalColumns.length,
    dateColumn,
    identity.length,
  )

  const template = kernelTemplate(wasm, columns)

  let body: Uint8Array = new Uint8Array(0)
  let frameStart = 0
  let frameEnd = 0
  /** A row that is known to need the slow path. */
  let leftAt = -1
  let leftIsCut = false

  function load(pos: number, end: number): void {
    frameStart = pos
    frameEnd = Math.min(end, pos + FRAME_BYTES)
    memory.set(body.subarray(frameStart, frameEnd), FRAME)
    const behind = FRAME + frameEnd - frameStart
    memory.fill(0, behind, behind + SLACK)
  }

  /** Collects the rows between `pos` and `after`. */
  function takeOver(out: BatchBuilder, pos: number, after: number): void {
    const rows = wasm.rowCount.value
    const csvBytes = wasm.csvBytes.value
    const csv = constant('CSV')
    reserve(out.csv, csvBytes)
    append(out.csv, memory, csv, csv + csvBytes)

    // The rows unchanged, with the comma after each replaced by a newline.
    const { lines, lineEnds } = out
    reserve(lines, after - pos + 1)
    const shift = lines.length - (FRAME + pos - frameStart)
    append(lines, body, pos, after)
    lines.length++
    reserveInts(lineEnds, rows)
    for (let i = 0; i < rows; i++) {
      const end = (rowEnds[i] as number) + shift
      lines.bytes[end] = NEWLINE
      lineEnds.values[lineEnds.length++] = end + 1
    }
    reserveInts(out.dates, rows)
    out.dates.values.set(dates.subarray(0, rows), out.dates.length)
    out.dates.length += rows
    out.rows += rows
    if (Number(wasm.sawOthers.value) === 0) return
    template.noteOthers(out.unknownFields)
  }

  function addSums(out: BatchBuilder): void {
    sums.moveTo(out.sums)
    wasm.sumsAreEmpty()
  }

  const kernelFor = (own: Learned): RowKernel => ({
    begin(bytes) {
      template.turnTo(own)
      body = bytes
      frameStart = 0
      frameEnd = 0
      leftAt = -1
      sums.clear() // those of a body that turned out to be invalid
      wasm.sumsAreEmpty()
    },

    take(pos, end, out) {
      if (pos === leftAt) return pos
      let first = pos
      for (;;) {
        if (first < frameStart || first >= frameEnd) load(first, end)
        const after = frameStart + wasm.takeRows(FRAME + first - frameStart) - FRAME
        const rows = wasm.rowCount.value
        if (rows > 0) takeOver(out, first, after)
        const status = wasm.status.value
        if (status === FULL) addSums(out)
        if (status !== LEFT) return after
        const left = rows > 0 ? after + 1 : first
        // A row at the end of the frame may continue after it.
        const failedAt = wasm.failedAt.value - FRAME + frameStart
        const atEnd = failedAt + SLACK > frameEnd
        if (atEnd && frameEnd < end && left > frameStart) {
          load(left, end)
          if (rows > 0) return after
          first = left
        } else {
          leftAt = left
          leftIsCut = atEnd && frameEnd === end
          return after
        }
      }
    },

    isCut: () => leftIsCut,

    learn: template.learn,

    addSums,
  })
  return () => kernelFor(template.fresh())
}
