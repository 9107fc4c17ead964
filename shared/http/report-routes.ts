/**
 * The routes of the old API as a table: which dataset, which period or dates. Pure: a path in, a
 * request out. Source: billing-enterprise-api articles, MicrosoftDocs/azure-docs.
 */
import { z } from 'zod'
import { datasets } from '../datasets/catalogue.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { ArchiveError } from '../errors.ts'
import { billingPeriodSchema, enrollmentSchema } from '../snapshots/series.ts'

/** The longest range of custom dates, in months. */
const MAX_MONTHS = 36

/** What a path of the old API asks for. */
export interface ReportRequest {
  readonly version: 'v1' | 'v2' | 'v3'
  readonly enrollment: string
  readonly dataset: Dataset
  /** `yyyyMM`; null for the current one, and for custom dates. */
  readonly billingPeriod: string | null
  /** Usage dates, `yyyy-MM-dd`, both included; null where the route takes none. */
  readonly dates: { readonly first: string; readonly last: string } | null
}

const PATH = /^\/(v[123])\/enrollments\/([^/]+)\/(.+?)\/?$/i
const BY_PERIOD = /^billingperiods\/([^/]+)\/([^/]+)$/i

/** Reads a path (any case) and its parameters; throws `NOT_FOUND` or `BAD_REQUEST`. */
export function reportRequest(url: URL): ReportRequest {
  const match = PATH.exec(url.pathname)
  if (match === null) throw noReport(url)
  const [, version = '', enrollment = '', rest = ''] = match
  const common = {
    version: version.toLowerCase() as ReportRequest['version'],
    enrollment: checked(enrollmentSchema, decode(enrollment), 'enrollment number'),
  }
  const byPeriod = BY_PERIOD.exec(rest)
  if (byPeriod !== null) {
    const dataset = datasets.find((known) => known.perPeriod && isRoute(known.route, byPeriod[2]))
    if (dataset === undefined) throw noReport(url)
    const period = checked(billingPeriodSchema, decode(byPeriod[1] ?? ''), 'billing period')
    return { ...common, dataset, billingPeriod: period, dates: null }
  }
  const current = datasets.find((known) => isRoute(known.route, rest))
  if (current !== undefined)
    return { ...common, dataset: current, billingPeriod: null, dates: null }
  const custom = datasets.find((known) => isRoute(known.customDateRoute, rest))
  if (custom === undefined) throw noReport(url)
  return { ...common, dataset: custom, billingPeriod: null, dates: customDates(url.searchParams) }
}

function customDates(params: URLSearchParams): { first: string; last: string } {
  const first = checked(z.iso.date(), parameter(params, 'startTime'), 'startTime (yyyy-MM-dd)')
  const last = checked(z.iso.date(), parameter(params, 'endTime'), 'endTime (yyyy-MM-dd)')
  if (last < first) throw new ArchiveError('BAD_REQUEST', 'endTime is before startTime')
  const limit = new Date(`${first}T00:00:00Z`)
  limit.setUTCMonth(limit.getUTCMonth() + MAX_MONTHS)
  if (last >= limit.toISOString().slice(0, 10)) {
    throw new ArchiveError('BAD_REQUEST', `startTime to endTime is at most ${MAX_MONTHS} months`)
  }
  return { first, last }
}

/** Parameter names, like path segments, come in any case. */
function parameter(params: URLSearchParams, name: string): string {
  for (const [key, value] of params) {
    if (key.toLowerCase() === name.toLowerCase()) return value
  }
  throw new ArchiveError('BAD_REQUEST', `the parameter ${name} is missing`)
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
    return '' // not UTF-8: no valid word of ours, and refused as such
  }
}

function isRoute(route: string | null, segment: string | undefined): boolean {
  return route !== null && route === segment?.toLowerCase()
}

function noReport(url: URL): ArchiveError {
  return new ArchiveError('NOT_FOUND', `there is no report at ${url.pathname}`)
}
