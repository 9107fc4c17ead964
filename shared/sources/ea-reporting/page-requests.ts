/** Fetches one page. */
import type { BodyShape } from '../../rows/json/body-shape.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { HttpAnswer } from '../http/http-client.ts'
import type { Counter, RetriedRequest } from '../http/retried-request.ts'
import type { TimeLimit } from '../http/time-limit.ts'
import type { AuthorizedGet } from './authorized-get.ts'
import { named, statusError } from './errors.ts'
import { type Page, type PageReader, readPage } from './page.ts'

export interface PageRequest {
  readonly url: string
  readonly enrollment: string
  readonly shape: BodyShape
  readonly layout: RowLayout
  /** The known ETag of the page; null for an unconditional request. */
  readonly etag: string | null
}

/** A received page, with the answer's ETag. */
export interface Fetched {
  readonly page: Page
  readonly etag: string | null
}

/** Fetches a page; null for 304. */
export type PageFetcher = (
  request: PageRequest,
  counter: Counter,
  signal: AbortSignal,
) => Promise<Fetched | null>

export interface PageFetcherOptions {
  readonly authorized: AuthorizedGet
  readonly reader: PageReader
  readonly send: RetriedRequest
}

const ACCEPT = 'application/json'

export function pageFetcher({ authorized, reader, send }: PageFetcherOptions): PageFetcher {
  return ({ url, enrollment, shape, layout, etag }, counter, signal) => {
    const headers: Record<string, string> = { 'api-version': '1.0', accept: ACCEPT }
    if (etag !== null) headers['if-none-match'] = etag

    async function readRows(answer: HttpAnswer, limit: TimeLimit): Promise<Fetched> {
      const page = await readPage(answer.body, { shape, layout }, reader, limit)
      const tag = answer.header('etag')
      return { page, etag: tag === null || authorized.holdsKey(tag) ? null : tag }
    }

    const request = {
      url,
      name: named(url),
      accept: ACCEPT,
      get: (until: AbortSignal) => authorized.get(url, enrollment, headers, until),
      read: (answer: HttpAnswer, limit: TimeLimit): Promise<Fetched | null> | null => {
        if (answer.status === 304 && etag !== null) return answer.dump().then(() => null)
        return answer.status === 200 ? readRows(answer, limit) : null
      },
      refusal: (status: number, said: string) => statusError(status, enrollment, url, said),
    }
    return send(request, counter, signal)
  }
}
