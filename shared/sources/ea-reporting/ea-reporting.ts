import { billingPeriods } from '../../datasets/billing-periods.ts'
import { ArchiveError } from '../../errors.ts'
import { ALL_PART, ALL_PERIODS } from '../../format/series.ts'
import type { Log } from '../../log.ts'
import { type RowBufferPool, rowBufferPool } from '../../rows/batch/row-buffers.ts'
import type { HttpClient } from '../http/http-client.ts'
import { originPause } from '../http/origin-pause.ts'
import { retriedRequest } from '../http/retried-request.ts'
import type { RetryPolicy } from '../http/retry-delay.ts'
import { words as wordsOf } from '../http/said.ts'
import type { KeyRing } from '../key-ring.ts'
import type { Source } from '../source.ts'
import { authorizedGet } from './authorized-get.ts'
import { parseBillingPeriods } from './billing-periods.ts'
import { eaReportingDefinition } from './definition.ts'
import { pageFetcher } from './page-requests.ts'
import { pagedParts } from './paged-parts.ts'

export interface EaReportingOptions {
  readonly endpoint: URL
  readonly http: HttpClient
  readonly keyRing: KeyRing
  readonly retry: RetryPolicy
  /** Pages up to this size are received whole before any row is used. */
  readonly pageBytes: number
  /** Memory for the pages of all parts being fetched; a pool of its own if absent. */
  readonly pool?: RowBufferPool
  readonly log: Log
  readonly now: () => Date
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Across all parts being fetched; each page takes about three MiB. */
const MAX_PAGES_IN_MEMORY = 8

/** The Enterprise Reporting APIs. */
export function eaReporting(options: EaReportingOptions): Source {
  const { endpoint, pool = rowBufferPool(MAX_PAGES_IN_MEMORY), pageBytes } = options
  const authorized = authorizedGet(options.http, options.keyRing, options.log)
  const pause = originPause(options.elapsedMs, options.random, options.sleep)
  const words = (text: string): string => wordsOf(text, authorized.withoutKeys)
  const reader = { pageBytes, pool, words }
  const send = retriedRequest({ ...options, secrets: authorized, pause })
  const fetchPage = pageFetcher({ authorized, reader, send })

  const fetch = pagedParts({ endpoint, fetchPage, authorized })

  return {
    definition: eaReportingDefinition,
    place: endpoint.origin,

    async listPeriods(enrollment, signal) {
      const request = {
        dataset: billingPeriods,
        rowsVersion: billingPeriods.rowsVersion,
        enrollment,
        billingPeriod: ALL_PERIODS,
        part: ALL_PART,
      }
      const answer = await fetch(request, null, null, signal)
      const lines: Buffer[] = []
      let bytes = 0
      for await (const { batch } of answer.kind === 'rows' ? answer.batches : []) {
        bytes += batch.lines.length
        if (bytes > pageBytes) {
          throw new ArchiveError('ROWS_TOO_LARGE', 'the list of billing periods is too long')
        }
        lines.push(Buffer.from(batch.lines))
      }
      const rows = Buffer.concat(lines).toString().trimEnd().split('\n').filter(Boolean)
      const { periods, skipped } = parseBillingPeriods(`[${rows.join(',')}]`)
      if (skipped.length > 0) {
        options.log.warn('periods.skipped', { enrollment, rows: words(skipped.join('; ')) })
      }
      if (periods.length > 0 || skipped.length === 0) return periods
      const what = `the list of enrollment ${enrollment} contains no billing period`
      throw new ArchiveError('SOURCE_BAD_VALUE', `${what}: ${skipped[0]}`)
    },

    fetch,
  }
}
