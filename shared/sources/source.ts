import type { Dataset } from '../datasets/dataset.ts'
import type { RowBatch } from '../rows/row-batch.ts'
import type { AnswerFacts, ResumePoint } from '../snapshots/part-progress.ts'
import type { Validator } from '../snapshots/part-record.ts'

/** A billing period as a source lists it. */
export interface BillingPeriod {
  /** `yyyyMM` */
  readonly id: string
  /** First and last day, `yyyy-MM-dd`. */
  readonly firstDay: string
  readonly lastDay: string
  /** Names of the datasets that have data, in the routes' spelling. */
  readonly datasets: readonly string[]
}

/** A list of billing periods as far as it can be read. */
export interface BillingPeriodList {
  /** Newest first. */
  readonly periods: BillingPeriod[]
  /** Rows that are no billing period, and why, in words. */
  readonly skipped: readonly string[]
}

/** One slice of a series to fetch. */
export interface PartRequest {
  /** In the version of its columns that the plan has. */
  readonly dataset: Dataset
  readonly enrollment: string
  readonly billingPeriod: string
  /** `all`, or a usage day `yyyy-MM-dd`. */
  readonly part: string
}

/** What a source says to a request for a part. */
export type PartAnswer =
  /** Still exactly what the validator stands for. */
  | { readonly kind: 'unchanged'; readonly requests: number }
  | {
      readonly kind: 'rows'
      /**
       * The rows, to be consumed once and in order. Rejects with `SOURCE_CHANGED` or
       * `SOURCE_INTERRUPTED` if the part has to be fetched anew from its start.
       */
      readonly batches: AsyncIterable<SourceRows>
      /** What is known by now; complete when the batches have ended. */
      readonly facts: () => AnswerFacts
    }

/** Some rows, and where they stand. The batch is valid until the next one is asked for. */
export interface SourceRows {
  readonly batch: RowBatch
  /** The page, and its rows before these. */
  readonly url: string
  readonly firstRow: number
  /**
   * SHA-256 over the lines of the page's rows up to and without row `end` of the batch: what a resume point
   * keeps of the rows that it skips. Absent where the source believes its pages.
   */
  readonly digestTo?: (end: number) => string
}

/**
 * Where rows come from. A source knows URLs, auth, paging, cadence and error bodies, and nothing of
 * snapshots. Its errors have a `SOURCE_…` or `ROWS_…` code and say what to do.
 */
export interface Source {
  readonly kind: string
  readonly apiVersion: string
  /**
   * The billing periods that the source lists, newest first; the first is the open one. Rows that are none
   * are told and left out; rejects with `SOURCE_BAD_VALUE` if there are rows, and none of them is one.
   */
  listBillingPeriods(enrollment: string, signal: AbortSignal): Promise<BillingPeriod[]>
  /** Reads an archived list of billing periods, row by row; throws `SOURCE_BAD_VALUE` for what is no list. */
  parseBillingPeriods(json: string): BillingPeriodList
  /** Fetches a part, or learns that it is unchanged since `validator`. */
  fetchPart(
    request: PartRequest,
    validator: Validator | null,
    signal: AbortSignal,
  ): Promise<PartAnswer>
  /** Goes on with a part whose first rows are archived; rejects with `SOURCE_CHANGED` if it can't. */
  resumePart(request: PartRequest, from: ResumePoint, signal: AbortSignal): Promise<PartAnswer>
}
