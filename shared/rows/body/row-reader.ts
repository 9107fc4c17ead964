import type { RowBatch } from '../batch/row-batch.ts'
import type { Envelope } from './envelope.ts'

/** Reads the rows of one body. */
export interface RowReader {
  /** Processes the next bytes of the body; the caller may reuse them. */
  push(chunk: Uint8Array): void
  /** The rows completed since the last call, or null. Valid until the next call of any method. */
  take(): RowBatch | null
  /** Ends the body and returns the fields beside the rows. The last rows still have to be taken. */
  end(): Envelope
}
