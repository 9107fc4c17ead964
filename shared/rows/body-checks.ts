import type { Envelope } from './envelope.ts'

/** What is looked at, and may throw, of what a source sends; what is archived needs none of it. */
export interface BodyChecks {
  /** What stands beside the rows, before the body counts as ended. */
  readonly envelope?: (envelope: Envelope, hasRows: boolean) => void
  /**
   * Refuse an object that is no row of the dataset, with `ROWS_NOT_A_ROW`. The function makes what an error
   * in it says fit to be told.
   */
  readonly rowWords?: (text: string) => string
}
