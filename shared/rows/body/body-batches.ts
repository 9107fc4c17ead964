/** Collects the rows of a body in batches, each of which ends when it is taken. */
import { type BatchBuilder, batchBuilder, finishBatch, type RowBatch } from '../batch/row-batch.ts'
import type { RowBuffers } from '../batch/row-buffers.ts'
import type { RowLayout } from '../row-layout.ts'

export interface BodyBatches {
  /** What rows are added to. */
  readonly out: BatchBuilder
  /** Rows of the body so far. */
  readonly rows: number
  /** Starts a new batch if the last one was taken. */
  begin(): void
  /** The rows since the last call, or null; valid until the next call of `begin`. */
  take(): RowBatch | null
}

export function bodyBatches(layout: RowLayout, buffers: RowBuffers): BodyBatches {
  let out = batchBuilder(layout, buffers)
  let rowsBefore = 0 // rows of the batches already taken
  let isTaken = false
  return {
    get out() {
      return out
    },
    get rows() {
      return rowsBefore + out.rows
    },
    begin() {
      if (!isTaken) return
      rowsBefore += out.rows
      out = batchBuilder(layout, buffers)
      isTaken = false
    },
    take() {
      if (isTaken || out.rows === 0) return null
      isTaken = true
      return finishBatch(out)
    },
  }
}
