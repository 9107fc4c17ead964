/** A case: what a source says of one series, and what has to become of it. */
import type { IncomingHttpHeaders } from 'node:http'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** A request of the archive for the series that a case is about. */
export interface Ask {
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** The first is 1; counted over the whole case. */
  readonly number: number
  /** Where the source itself is, without a slash at the end. */
  readonly origin: string
  readonly key: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** `stall`: sends half and then nothing; `hang`: sends nothing at all; `drip`: a byte at a time; `reset`: breaks off. */
  readonly how?: 'stall' | 'hang' | 'drip' | 'reset'
}

export type Source = (ask: Ask) => Answer

/** What has to be there in the end. */
export type Expected =
  /** A snapshot with exactly these rows, each as the source wrote it; `null`: no new snapshot, and no failure. */
  | {
      readonly kind: 'archived'
      readonly rows: readonly string[] | null
      /** Words that the health of the series has to say of it. */
      readonly drift?: RegExp
      readonly requestsAtMost?: number
    }
  /** No new snapshot; the series is told as failed, with one of these codes, and a message that fits. */
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
  /** There is a sound snapshot already, when the source says this. */
  readonly isSecond?: boolean
  /** The period is open: usage days are fetched one by one. */
  readonly isOpen?: boolean
  /** Whatever the list of periods says otherwise, usage details of the sound period are archived. */
  readonly isPlanned?: boolean
  /** The source sends everybody away for a while, so that the neighbour has to wait as well. */
  readonly pausesAll?: boolean
  /** Segments end after so many rows. */
  readonly segmentRows?: number
  /** Questions by usage dates, and the rows that answer them. */
  readonly dates?: readonly { readonly day: string; readonly rows: readonly string[] }[]
}

/** An answer with this JSON, and a tag if there is one. */
export function json(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } }
}

/** Says the same to every request. */
export function always(answer: Answer): Source {
  return () => answer
}

/** The body of a list or, of usage details, of a page. */
export function listBody(dataset: DatasetName, rows: readonly string[]): string {
  const list = `[${rows.join(',')}]`
  if (dataset === 'balancesummary') return rows[0] ?? ''
  return dataset === 'usagedetails' ? `{"id":"x","data":${list},"nextLink":null}` : list
}
