import type { ViewFormat } from '../format/view-names.ts'
import type { AnswerPolicy } from './resolve-series.ts'

/** What an operator may tune in the use cases. Times are in milliseconds unless a name says days. */
export interface Policy {
  /** Days after a period's end until it is settled. */
  readonly settlementDays: number
  /** Days after which a settled period is checked again, unless its source says otherwise. */
  readonly recheckDays: number
  /** An open plan is closed as failed after this time. */
  readonly planMs: number
  /** A message lives this long, and is queued again only after that. */
  readonly requeueAfterMs: number
  /** Maximum time between the checks of a snapshot's parts. */
  readonly sealSkewMs: number
  /** Percentage of rows that a series may lose before it is fetched again to confirm. */
  readonly shrinkPercent: number
  /** Minimum time between two on-demand fetches of a series. */
  readonly refreshMs: number
  /** A part's files are closed as a segment after this time; 0: after every thousand rows. */
  readonly partMs: number
  /** Rows after which a part's files are closed as a segment. */
  readonly segmentRows: number
  /** A validator is trusted for this long; then the part is fetched unconditionally. */
  readonly fullFetchMs: number
  /** A series is stale if its last check is later than scheduled by this much. */
  readonly staleMs: number
  /** Days for which storage protects a file from its creation on; 0 if it does not. */
  readonly retentionDays: number
  /** Files that are protected for fewer days are reported. */
  readonly minRetentionDays: number
  /** Differences between datasets up to this amount, as a decimal, count as rounding. */
  readonly reconcileTolerance: string
  /** The formats in which the view is written. */
  readonly viewFormats: readonly ViewFormat[]
  /** Which source answers, where several have the same data. */
  readonly answers: AnswerPolicy
}
