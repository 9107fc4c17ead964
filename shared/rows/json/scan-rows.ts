/** Adds the rows of a JSON body to its batches: by the kernel where it can, otherwise one by one. */
import { addRow } from '../batch/row-batch.ts'
import type { BodyBatches } from '../body/body-batches.ts'
import type { BodyChecks } from '../body/body-checks.ts'
import type { RowLayout } from '../row-layout.ts'
import { noteDrift } from '../scan/drift.ts'
import { INCOMPLETE } from '../scan/json-bytes.ts'
import { assertRow } from '../scan/row-identity.ts'
import { rowSpans, scanRow } from '../scan/scan-row.ts'
import { rowKernel } from './row-kernel.ts'

export interface RowScanner {
  /** Starts on the body's next bytes. */
  begin(window: Buffer): void
  /**
   * Adds the row at `pos`, and possibly more after it; returns the position after the last one, or INCOMPLETE.
   * `isEnding`: no bytes follow `end`.
   */
  rows(pos: number, end: number, isEnding: boolean): number
  /** Adds the row at `pos` only. */
  row(pos: number, end: number): number
  /** Adds the sums of the kernel's rows to the batch. */
  finish(): void
}

export function rowScanner(
  layout: RowLayout,
  batches: BodyBatches,
  { rowWords: words }: BodyChecks,
): RowScanner {
  const spans = rowSpans(layout)
  const kernel = rowKernel(layout)
  let window: Buffer = Buffer.alloc(0)
  let isSampled = false

  /** Checks the body's first row for drift, separately from reading it. */
  function sample(pos: number, end: number): void {
    const first = rowSpans(layout)
    if (scanRow(window, pos, end, layout, first) === INCOMPLETE) return
    noteDrift(window, first, layout, batches.out.drift)
    isSampled = true
  }

  function row(pos: number, end: number): number {
    if (!isSampled) sample(pos, end)
    const next = scanRow(window, pos, end, layout, spans)
    if (next === INCOMPLETE) return next
    if (words !== undefined) {
      assertRow(window, pos, next, spans, layout, { row: batches.rows + 1, words })
    }
    addRow(batches.out, window, pos, next, layout, spans)
    return next
  }

  return {
    begin(bytes) {
      window = bytes
      kernel?.begin(window)
    },
    rows(pos, end, isEnding) {
      if (!isSampled) sample(pos, end)
      const taken = kernel?.take(pos, end, batches.out) ?? pos
      if (taken > pos) return taken
      // No further attempt before more bytes have arrived.
      if (kernel?.isCut() === true && !isEnding) return INCOMPLETE
      const next = row(pos, end)
      if (next !== INCOMPLETE) kernel?.learn(window, spans)
      return next
    },
    row,
    finish() {
      kernel?.addSums(batches.out)
    },
  }
}
