import { ArchiveError } from '../../errors.ts'
import type { Validator } from '../../format/part-record.ts'
import { ALL_PART } from '../../format/series.ts'
import type { PartRequest } from '../source.ts'
import { askedForOf } from './asked-for.ts'

/** The version whose answers have the most fields. */
export const API_VERSION = 'v3'

/**
 * The URL of a part. Routes: billing-enterprise-api articles, MicrosoftDocs/azure-docs. A custom date
 * range includes both ends, so one day is the same date twice.
 */
export function partUrl(endpoint: URL, request: Omit<PartRequest, 'rowsVersion'>): string {
  const { dataset, billingPeriod, part } = request
  const { route, customDateRoute } = askedForOf(dataset.name)
  const enrollment = `${API_VERSION}/enrollments/${request.enrollment}`
  if (!dataset.perPeriod) return urlOf(endpoint, `${enrollment}/${route}`)
  if (part === ALL_PART) {
    return urlOf(endpoint, `${enrollment}/billingPeriods/${billingPeriod}/${route}`)
  }
  if (customDateRoute === null) {
    throw new ArchiveError(
      'FORMAT_INVALID',
      `${dataset.name} has no route by day, so there is no part ${part}`,
    )
  }
  const url = new URL(urlOf(endpoint, `${enrollment}/${customDateRoute}`))
  url.searchParams.set('startTime', part)
  url.searchParams.set('endTime', part)
  return url.href
}

/** Longer than the URLs that servers accept. */
const MAX_LINK = 8_192

/**
 * The next page's URL, or null on the last page, where `nextLink` is absent, null or empty. `raw` is the
 * member's JSON text; a relative link is resolved against its own `page` (RFC 3986, 5.1.3). Throws
 * `SOURCE_FOREIGN_LINK` if it leaves the configured origin, to which alone the key may be sent.
 */
export function nextPageUrl(endpoint: URL, raw: string | undefined, page: string): string | null {
  if (raw === undefined) return null
  const link: unknown = JSON.parse(raw)
  if (link === null || link === '') return null
  if (typeof link === 'string' && link.length > MAX_LINK) {
    throw new ArchiveError('SOURCE_BAD_VALUE', `nextLink is longer than ${MAX_LINK} characters`)
  }
  if (typeof link !== 'string' || !URL.canParse(link, page)) {
    throw new ArchiveError('SOURCE_BAD_VALUE', 'nextLink is neither a URL nor empty')
  }
  const url = new URL(link, page)
  if (url.origin !== endpoint.origin) {
    throw new ArchiveError(
      'SOURCE_FOREIGN_LINK',
      `nextLink leads to ${url.origin} instead of ${endpoint.origin}: not followed, because the key would be sent there`,
    )
  }
  return url.href
}

/** An endpoint may have a path of its own, e.g. a mirror behind a gateway. */
function urlOf(endpoint: URL, path: string): string {
  const base = endpoint.href.endsWith('/') ? endpoint.href : `${endpoint.href}/`
  return new URL(path, base).href
}

/** The ETag for a request: one that belongs to the same request and columns. */
export function usableTag(
  validator: Validator | null,
  url: string,
  rowsVersion: number,
): string | null {
  if (validator === null || validator.url !== url) return null
  if (validator.apiVersion !== API_VERSION || validator.rowsVersion !== rowsVersion) return null
  return validator.etag
}
