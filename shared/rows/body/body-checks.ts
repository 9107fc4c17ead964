import type { Envelope } from './envelope.ts'

/** Checks of a source's answer that may throw; archived data is read without them. */
export interface BodyChecks {
  /** Checks the fields beside the rows, before the body counts as complete. */
  readonly envelope?: (envelope: Envelope, hasRows: boolean) => void
  /**
   * Rejects objects that are not rows of the dataset with `ROWS_NOT_A_ROW`. The function sanitizes the text
   * of an error in them.
   */
  readonly rowWords?: (text: string) => string
}
