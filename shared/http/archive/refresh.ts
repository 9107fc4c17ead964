/** Fetches a series on demand. */
import { z } from 'zod'
import { checkEnrollment } from '../../access/caller.ts'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import type { Series } from '../../format/series.ts'
import { planProgress, refreshSeries } from '../../usecases/plan/refresh-series.ts'
import { seriesToRefresh } from '../../usecases/resolve-series.ts'
import { type ApiResponse, jsonResponse } from '../api-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { namedSource } from '../named-source.ts'
import { seriesOf } from './find-series.ts'
import { archiveUrl } from './links.ts'
import { seriesParams, source } from './parameters.ts'
import { parseRefreshId, refreshId } from './refresh-id.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

/** Seconds after which a client should poll again. */
const RETRY_AFTER = '5'

/** Finding out what is due requires a request to the source if the archived list of periods is old. */
const TIMEOUT_MS = 60_000

export const postRefresh = route({
  id: 'refresh',
  subject: 'Refreshes',
  method: 'POST',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/refresh',
  summary: 'Fetch a series now; repeating the request while it runs returns the same refresh',
  params: seriesParams,
  query: z.strictObject({ source }),
  role: 'Archive.Refresh',
  responses: {
    202: {
      description: 'The refresh is in progress; poll the URL in Location',
      headers: ['Location', 'Retry-After'],
      content: { 'application/json': schemas.refresh },
    },
    429: {
      description: 'The series was fetched recently; Retry-After says when it can be fetched again',
      content: { 'application/problem+json': schemas.problem },
    },
  },
  handle: async (deps, { params, query, request }) => {
    const { sources, policy } = deps.archive
    const { series: asked } = await seriesOf(deps, params, query)
    const series =
      query.source === undefined ? seriesToRefresh(sources, policy.answers, asked) : asked
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const dataset = datasetNamed(params.dataset)
    if (dataset.perPeriod === (series.billingPeriod === 'all')) {
      const what = dataset.perPeriod
        ? 'needs a billing period as yyyyMM'
        : 'has only the period "all"'
      throw new ArchiveError('BAD_REQUEST', `${dataset.name} ${what}`)
    }
    const found = await refreshSeries(deps.archive, dataset, series, signal)
    if ('waitSeconds' in found) {
      const message = `the series was fetched recently; try again in ${found.waitSeconds} seconds`
      const retryAfterSeconds = found.waitSeconds
      throw new ArchiveError('TOO_MANY_REQUESTS', message, { retryAfterSeconds })
    }
    return stateOf(deps, request.url, series, found.planId, 202)
  },
})

export const getRefresh = route({
  id: 'getRefresh',
  subject: 'Refreshes',
  method: 'GET',
  path: '/archive/refreshes/{id}',
  summary: 'The progress of a refresh',
  params: z.strictObject({
    id: z
      .string()
      .max(200)
      .regex(/^([a-z-]+\.){1,2}[A-Za-z0-9-]+\.(all|\d{6})\.[a-z0-9-]+$/, 'the id of a refresh')
      .meta({ description: 'Id of the refresh' }),
  }),
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'State',
      headers: ['Retry-After'],
      content: { 'application/json': schemas.refresh },
    },
  },
  handle: async (deps, { params, caller, request }) => {
    const { series, planId } = parseRefreshId(deps.archive.sources, params.id)
    if (caller !== null) checkEnrollment(caller, series.enrollment)
    return stateOf(deps, request.url, series, planId, 200)
  },
})

async function stateOf(
  deps: HttpDeps,
  base: URL,
  series: Series,
  planId: string,
  status: 200 | 202,
): Promise<ApiResponse> {
  const progress = await planProgress(deps.archive, series, planId)
  const { dataset, enrollment, billingPeriod } = series
  const named = namedSource(deps, series)
  const id = refreshId(deps.archive.sources, series, planId)
  const url = archiveUrl(base, `refreshes/${id}`)
  const headers = {
    'cache-control': 'no-store',
    ...(status === 202 ? { location: url } : {}),
    ...(progress.status === 'running' ? { 'retry-after': RETRY_AFTER } : {}),
  }
  return jsonResponse(
    { id, ...named, dataset, enrollment, billingPeriod, ...progress, url },
    headers,
    status,
  )
}
