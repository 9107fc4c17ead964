import type { Dataset, DatasetName } from '../datasets/dataset.ts'
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

/** A list of billing periods, as far as it can be parsed. */
export interface BillingPeriodList {
  /** Newest first. */
  readonly periods: BillingPeriod[]
  /** Rows that are not billing periods, and why, in words. */
  readonly skipped: readonly string[]
}

/** How a source offers one dataset. */
export interface Offer {
  readonly dataset: DatasetName
  /** Rows can be asked for by usage day: while a period is unsettled, each day is a part. */
  readonly byDay: boolean
  /** A settled period is checked again after so many days; as `RECHECK_DAYS` says, if absent. */
  readonly recheckDays?: number
}

/** How a source's list of billing periods is kept. */
export interface PeriodList {
  /** The dataset whose rows are the list. */
  readonly dataset: DatasetName
  /** Parses archived rows of it, row by row; throws `SOURCE_BAD_VALUE` if it is not a list. */
  readonly parse: (json: string) => BillingPeriodList
}

/** What is known of a source without asking it. */
export interface SourceDefinition {
  /** Names it in blobs, manifests and logs. */
  readonly kind: string
  readonly apiVersion: string
  readonly offers: readonly Offer[]
  /** Null if its periods are asked for each time. */
  readonly periods: PeriodList | null
}

/** How a source offers `dataset`; null if it does not. */
export function offerOf({ offers }: SourceDefinition, dataset: string): Offer | null {
  return offers.find((offer) => offer.dataset === dataset) ?? null
}

/** One slice of a series to fetch. */
export interface PartRequest {
  readonly dataset: Dataset
  /** The version of its columns that the plan wants. */
  readonly rowsVersion: number
  readonly enrollment: string
  readonly billingPeriod: string
  /** `all`, or a usage day `yyyy-MM-dd`. */
  readonly part: string
}

/** A source's answer to a request for a part. */
export type PartAnswer =
  /** Unchanged since the validator. */
  | { readonly kind: 'unchanged'; readonly requests: number }
  | {
      readonly kind: 'rows'
      /**
       * The rows, to be consumed once and in order. Rejects with `SOURCE_CHANGED` or `SOURCE_INTERRUPTED` if
       * the part has to be fetched again from its start.
       */
      readonly batches: AsyncIterable<SourceRows>
      /** What is known so far; complete when the batches have ended. */
      readonly facts: () => AnswerFacts
    }

/** Some rows and their location. The batch is valid until the next one is requested. */
export interface SourceRows {
  readonly batch: RowBatch
  /** The page, and how many of its rows precede these. */
  readonly url: string
  readonly firstRow: number
  /**
   * SHA-256 over the lines of the page's rows up to and including row `end` of the batch, which a resume
   * point stores for the rows that it skips. Absent if the source guarantees stable pages.
   */
  readonly digestTo?: (end: number) => string
}

/**
 * A source of rows. It knows URLs, authentication, paging, cadence and error bodies, and nothing about
 * snapshots. Its errors have a `SOURCE_…` or `ROWS_…` code and say what to do.
 */
export interface Source {
  readonly definition: SourceDefinition
  readonly kind: string
  readonly apiVersion: string
  /**
   * The billing periods that the source lists, newest first; the first is the open one. Invalid rows are
   * reported and left out; rejects with `SOURCE_BAD_VALUE` if there are rows and none is valid.
   */
  listBillingPeriods(enrollment: string, signal: AbortSignal): Promise<BillingPeriod[]>
  /** Parses an archived list of billing periods, row by row; throws `SOURCE_BAD_VALUE` if it is not a list. */
  parseBillingPeriods(json: string): BillingPeriodList
  /** Fetches a part, or finds it unchanged since `validator`. */
  fetchPart(
    request: PartRequest,
    validator: Validator | null,
    signal: AbortSignal,
  ): Promise<PartAnswer>
  /** Continues a part whose first rows are archived; rejects with `SOURCE_CHANGED` if it can't. */
  resumePart(request: PartRequest, from: ResumePoint, signal: AbortSignal): Promise<PartAnswer>
}
