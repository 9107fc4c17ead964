import type { Dataset, DatasetName } from '../datasets/dataset.ts'
import { ArchiveError } from '../errors.ts'
import type { Cursor } from '../format/part-progress.ts'
import type { Validator } from '../format/part-record.ts'
import type { RowBatch } from '../rows/batch/row-batch.ts'
import type { Envelope } from '../rows/body/envelope.ts'

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
  /** Rows can be fetched by usage day: while a period is unsettled, each day is a part. */
  readonly byDay: boolean
  /**
   * Rows come as a whole and in no promised order: a part is cut into slices by usage day, and a slice with the same
   * rows in another order is unchanged.
   */
  readonly isSliced?: boolean
  /** Days after which a settled period is checked again; `RECHECK_DAYS` if absent. */
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
  /**
   * `live`: it is asked for what changes. `kept`: it holds what was received once, and answers where no live source
   * has a snapshot.
   */
  readonly standing: 'live' | 'kept'
  readonly offers: readonly Offer[]
  /** Null if its periods are fetched each time. */
  readonly periods: PeriodList | null
}

/** How a source offers `dataset`; null if it does not. */
export function offerOf({ offers }: SourceDefinition, dataset: string): Offer | null {
  return offers.find((offer) => offer.dataset === dataset) ?? null
}

/** One part of a series to fetch. */
export interface PartRequest {
  readonly dataset: Dataset
  /** The version of its columns that the plan wants. */
  readonly rowsVersion: number
  readonly enrollment: string
  readonly billingPeriod: string
  /** `all`, or a usage day `yyyy-MM-dd`. */
  readonly part: string
}

/** What a source's answer says besides the rows. */
export interface AnswerFacts {
  /** For a conditional request next time; null if the source gave none. */
  readonly validator: Validator | null
  /** The fields beside the rows, each value as its raw JSON text. */
  readonly envelope: Envelope
  /** Requests made for the part, earlier segments included. */
  readonly requests: number
}

/** A source's answer to a request for a part. */
export type FetchResult =
  /** Unchanged since the validator. */
  | { readonly kind: 'unchanged'; readonly requests: number }
  /** The source is preparing the rows: fetch again with this cursor, after this time at the earliest. */
  | { readonly kind: 'pending'; readonly cursor: Cursor; readonly retryAfterMs: number }
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

/** Some rows. The batch is valid until the next one is requested, and so is `cursor`. */
export interface SourceRows {
  readonly batch: RowBatch
  /** Where to continue after the first `rows` rows of the batch. */
  readonly cursor: (rows: number) => Cursor
}

/**
 * A source of rows. It knows URLs, authentication, paging, polling, cadence and error bodies, and nothing about
 * snapshots. Its errors have a `SOURCE_…` or `ROWS_…` code and say what to do.
 */
export interface Source {
  readonly definition: SourceDefinition
  /** Where it is, for people: usually its origin. */
  readonly place: string
  /**
   * The billing periods that the source lists, newest first; the first is the open one. Invalid rows are
   * reported and left out; rejects with `SOURCE_BAD_VALUE` if there are rows and none is valid.
   */
  listPeriods(enrollment: string, signal: AbortSignal): Promise<BillingPeriod[]>
  /**
   * Fetches a part, or finds it unchanged since `known`. With a cursor, it continues after the archived rows,
   * or requests pending ones again; rejects with `SOURCE_CHANGED` if it can't. Never waits for a source that
   * is preparing rows.
   */
  fetch(
    request: PartRequest,
    known: Validator | null,
    cursor: Cursor | null,
    signal: AbortSignal,
  ): Promise<FetchResult>
}

/** The names of sources. */
export function kindsOf(sources: readonly { readonly definition: SourceDefinition }[]): string[] {
  return sources.map(({ definition }) => definition.kind)
}

/** The source called `kind`; throws `CATALOGUE_TOO_OLD` for one that only a newer program knows. */
export function sourceOf<S extends { readonly definition: SourceDefinition }>(
  sources: readonly S[],
  kind: string,
): S {
  const source = sources.find(({ definition }) => definition.kind === kind)
  if (source !== undefined) return source
  throw new ArchiveError(
    'CATALOGUE_TOO_OLD',
    `this program does not know the source ${kind}: use the newer program that wrote it`,
  )
}

/** The sources that offer `dataset`, in their order. */
export function sourcesOffering<S extends { readonly definition: SourceDefinition }>(
  sources: readonly S[],
  dataset: string,
): S[] {
  return sources.filter(({ definition }) => offerOf(definition, dataset) !== null)
}
