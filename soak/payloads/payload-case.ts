/** A case: a source's answers for one series, and the expected result. */
import type { IncomingHttpHeaders } from 'node:http'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** A request of the archive for the series of a case. */
export interface Ask {
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Starting at 1, counted over the whole case. */
  readonly number: number
  /** URL of the source, without a trailing slash. */
  readonly origin: string
  readonly key: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /**
   * `stall`: sends half and then nothing. `hang`: sends nothing. `drip`: sends a byte at a time. `reset`:
   * closes the connection.
   */
  readonly how?: 'stall' | 'hang' | 'drip' | 'reset'
}

export type Source = (ask: Ask) => Answer

/** The expected result. */
export type Expected =
  /** A snapshot with exactly these rows, as the source sent them; `null`: no new snapshot, and no failure. */
  | {
      readonly kind: 'archived'
      readonly rows: readonly string[] | null
      /** Texts that the health of the series must contain. */
      readonly drift?: RegExp
      readonly requestsAtMost?: number
    }
  /** No new snapshot; the series has failed with one of these codes and a matching message. */
  | {
      readonly kind: 'refused'
      readonly codes: readonly ErrorCode[]
      readonly says?: RegExp
      readonly requestsAtMost?: number
    }

export interface PayloadCase {
  readonly name: string
  readonly dataset: DatasetName
  readonly source: Source
  readonly expected: Expected
  /** A valid snapshot already exists before this answer. */
  readonly isSecond?: boolean
  /** The period is open: usage days are fetched one by one. */
  readonly isOpen?: boolean
  /** Usage details of the valid period must be archived, whatever else is in the list of periods. */
  readonly isPlanned?: boolean
  /** The source asks for a pause, so the neighbour has to wait too. */
  readonly pausesAll?: boolean
  /** Maximum number of rows per segment. */
  readonly segmentRows?: number
  /** Requests by usage dates, and the expected rows. */
  readonly dates?: readonly { readonly day: string; readonly rows: readonly string[] }[]
}

/** An answer with this JSON, and optionally a tag. */
export function json(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } }
}

/** Gives every request the same answer. */
export function always(answer: Answer): Source {
  return () => answer
}

/** The body of a list or, for usage details, of a page. */
export function listBody(dataset: DatasetName, rows: readonly string[]): string {
  const list = `[${rows.join(',')}]`
  if (dataset === 'balancesummary') return rows[0] ?? ''
  return dataset === 'usagedetails' ? `{"id":"x","data":${list},"nextLink":null}` : list
}
