/**
 * The routes of the old API as a table: dataset, and period or dates. Pure: from a method and a URL to a
 * request. Source: billing-enterprise-api articles, MicrosoftDocs/azure-docs.
 */
import { z } from 'zod'
import { datasetNamed } from '../../datasets/catalogue.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { ArchiveError } from '../../errors.ts'
import { billingPeriodSchema, enrollmentSchema } from '../../format/series.ts'
import type { DateRange } from '../../rows/select/row-filter.ts'
import { type ReportContract, reportContracts } from './contract.ts'
import { customDates } from './custom-dates.ts'

/** The longest range of custom dates, in months. */
const MAX_MONTHS = 36
const MAX_DOWNLOAD_MONTHS = 1

/** Routes that public clients call but that are not archived, with the API to call instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  reservationcharges:
    'reservation charges are not archived: ask Cost Management for reservationTransactions',
  reservationdetails:
    'reservation details are not archived: ask Cost Management for reservationDetails',
  reservationsummaries:
    'reservation summaries are not archived: ask Cost Management for reservationSummaries',
  getbillingperiods: 'call billingperiods',
}

export const VERSIONS = ['v1', 'v2', 'v3'] as const
export type ApiVersion = (typeof VERSIONS)[number]

/**
 * The requested rows: of a period, of usage dates (both inclusive), or, if both are null, of the current
 * period.
 */
export interface ReportScope {
  readonly billingPeriod: string | null
  readonly dates: DateRange | null
  /** Numbers in JSON rows as strings of their digits. */
  readonly decimals?: 'text'
}

/** What every path of the old API names. */
export interface ReportTarget {
  readonly version: ApiVersion
  readonly enrollment: string
  readonly dataset: Dataset
}

/** A parsed path of the old API. */
export type ReportRequest = ReportTarget &
  (
    | ({ readonly kind: 'rows' | 'download' | 'submit' } & ReportScope)
    | { readonly kind: 'status'; readonly reportId: string }
  )

const PATH = /^\/(v[123])\/enrollments\/([^/]+)\/(.+?)\/?$/i
const BY_PERIOD = /^billingperiods\/([^/]+)\/([^/]+)$/i
const CSV_REPORT = /^([^/]+)\/(download|submit|reports\/([0-9a-f]{64}(-\d{13})?))$/i

/** Parses a path (in any case) and its parameters; throws `NOT_FOUND` or `BAD_REQUEST`. */
export function reportRequest(method: string, url: URL): ReportRequest {
  // Published clients double slashes.
  const match = PATH.exec(url.pathname.replace(/\/{2,}/g, '/'))
  if (match === null) throw noReport(url)
  const [, version = '', enrollment = '', rest = ''] = match
  const target = {
    version: version.toLowerCase() as ApiVersion,
    enrollment: checked(enrollmentSchema, decode(enrollment), 'enrollment number'),
  }
  const found = csvReport(url.searchParams, rest) ?? rowsReport(url.searchParams, rest)
  if (found === null) throw noReport(url, rest)
  const isRightMethod = found.kind === 'submit' ? method === 'POST' : method !== 'POST'
  if (!isRightMethod) throw noReport(url)
  const decimals = found.kind === 'rows' ? decimalsOf(url.searchParams) : {}
  return { ...target, ...found, ...decimals }
}

/** A request without version and enrollment, which come first in the path. */
type Rest<T> = T extends ReportRequest ? Omit<T, 'version' | 'enrollment'> : never

function rowsReport(params: URLSearchParams, rest: string): Rest<ReportRequest> | null {
  const kind = 'rows' as const
  const byPeriod = BY_PERIOD.exec(rest)
  if (byPeriod !== null) {
    const dataset = datasetAt(({ route }) => isRoute(route, byPeriod[2]))
    if (dataset === null || !dataset.perPeriod) return null
    const billingPeriod = checked(billingPeriodSchema, decode(byPeriod[1] ?? ''), 'billing period')
    return { kind, dataset, billingPeriod, dates: null }
  }
  const current = datasetAt(({ route }) => isRoute(route, rest))
  if (current !== null) return { kind, dataset: current, billingPeriod: null, dates: null }
  const custom = datasetAt(({ customDateRoute }) => isRoute(customDateRoute, rest))
  if (custom === null) return null
  return { kind, dataset: custom, billingPeriod: null, dates: datesIn(params, MAX_MONTHS) }
}

function csvReport(params: URLSearchParams, rest: string): Rest<ReportRequest> | null {
  const match = CSV_REPORT.exec(rest)
  const dataset = datasetAt((known) => known.csvReport !== null && isRoute(known.route, match?.[1]))
  if (match === null || dataset === null) return null
  const [, , action = '', reportId] = match
  if (reportId !== undefined) return { kind: 'status', dataset, reportId: reportId.toLowerCase() }
  const kind = action.toLowerCase() as 'download' | 'submit'
  const period = parameter(params, 'billingPeriod')
  if (period !== null) {
    if (parameter(params, 'startTime') !== null || parameter(params, 'endTime') !== null) {
      throw new ArchiveError('BAD_REQUEST', 'send either billingPeriod, or startTime and endTime')
    }
    const billingPeriod = checked(billingPeriodSchema, period, 'billing period')
    return { kind, dataset, billingPeriod, dates: null }
  }
  const months = kind === 'download' ? MAX_DOWNLOAD_MONTHS : MAX_MONTHS
  return { kind, dataset, billingPeriod: null, dates: datesIn(params, months) }
}

/** A parameter of this program that the old API did not have. CSV is text anyway. */
function decimalsOf(params: URLSearchParams): Pick<ReportScope, 'decimals'> {
  const form = parameter(params, 'decimals')?.toLowerCase() ?? 'number'
  if (form === 'text') return { decimals: 'text' }
  if (form === 'number') return {}
  throw new ArchiveError('BAD_REQUEST', 'decimals must be text or number')
}

/** Parameter names match in any case, like path segments. */
export function parameter(params: URLSearchParams, name: string): string | null {
  for (const [key, value] of params) {
    if (key.toLowerCase() === name.toLowerCase()) return value
  }
  return null
}

function checked(schema: z.ZodType<string>, text: string, what: string): string {
  const result = schema.safeParse(text)
  if (result.success) return result.data
  throw new ArchiveError('BAD_REQUEST', `not a valid ${what}`)
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return '' // not UTF-8: no valid value, and rejected as such
  }
}

function datesIn(params: URLSearchParams, months: number): DateRange {
  return customDates(parameter(params, 'startTime'), parameter(params, 'endTime'), months)
}

/** The dataset of the old API whose contract fits; null if none does. */
function datasetAt(fits: (contract: ReportContract) => boolean): Dataset | null {
  const contract = reportContracts.find(fits)
  return contract === undefined ? null : datasetNamed(contract.dataset)
}

function isRoute(route: string | null, segment: string | undefined): boolean {
  return route !== null && route === segment?.toLowerCase()
}

function noReport(url: URL, rest = ''): ArchiveError {
  const name = rest
    .toLowerCase()
    .split('/')
    .find((segment) => Object.hasOwn(INSTEAD, segment))
  const why = name === undefined ? '' : `; ${INSTEAD[name]}`
  return new ArchiveError('NOT_FOUND', `there is no report at ${url.pathname}${why}`)
}
