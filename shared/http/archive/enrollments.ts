/** The enrollments, and their billing periods. */
import { z } from 'zod'
import { billingPeriods } from '../../datasets/billing-periods.ts'
import { datasets } from '../../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import { ALL_PERIODS } from '../../format/series.ts'
import { archivedPeriods } from '../../usecases/plan/list-periods.ts'
import { jsonResponse } from '../api-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { archiveUrl, seriesUrl } from './links.ts'
import { enrollment } from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

export const listEnrollments = route({
  id: 'listEnrollments',
  subject: 'Contents',
  method: 'GET',
  path: '/archive/enrollments',
  summary: 'Enrollments that the caller may read',
  params: z.strictObject({}),
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'Enrollments',
      headers: ['ETag'],
      content: { 'application/json': schemas.enrollments },
    },
  },
  handle: async (_deps, { caller, request }) =>
    jsonResponse({
      enrollments: (caller?.enrollments ?? []).map((number) => ({
        enrollment: number,
        periods: archiveUrl(request.url, `enrollments/${number}/periods`),
      })),
    }),
})

export const listPeriods = route({
  id: 'listPeriods',
  subject: 'Contents',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/periods',
  summary: 'Billing periods of an enrollment, newest first, with their archived datasets',
  params: z.strictObject({ enrollment }),
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'Periods',
      headers: ['ETag'],
      content: { 'application/json': schemas.periods },
    },
  },
  handle: async (deps, { params, request }) => {
    const archived = await archivedDatasets(deps, params.enrollment)
    if (archived.size === 0) {
      throw new ArchiveError(
        'NOT_FOUND',
        `nothing is archived for enrollment ${params.enrollment} yet`,
      )
    }
    const days = await daysOfPeriods(deps, params.enrollment)
    const ids = [...archived.keys()].sort().toReversed()
    return jsonResponse({
      enrollment: params.enrollment,
      periods: ids.map((billingPeriod) => ({
        billingPeriod,
        firstDay: days.get(billingPeriod)?.firstDay ?? null,
        lastDay: days.get(billingPeriod)?.lastDay ?? null,
        datasets: (archived.get(billingPeriod) ?? []).map((dataset) => {
          const series = { enrollment: params.enrollment, dataset, billingPeriod }
          return {
            dataset,
            snapshots: seriesUrl(request.url, series, 'snapshots'),
            rows: seriesUrl(request.url, series, 'rows'),
          }
        }),
      })),
    })
  },
})

/** Names of the datasets that are archived, by billing period. */
export async function archivedDatasets(
  { periods }: Pick<HttpDeps, 'periods'>,
  enrollment: string,
): Promise<Map<string, string[]>> {
  const found = await Promise.all(
    datasets.map(async ({ name }) => {
      return { name, ids: await periods({ dataset: name, enrollment }) }
    }),
  )
  const byPeriod = new Map<string, string[]>()
  for (const { name, ids } of found) {
    for (const id of ids) byPeriod.set(id, [...(byPeriod.get(id) ?? []), name])
  }
  return byPeriod
}

async function daysOfPeriods(deps: HttpDeps, enrollment: string) {
  const { sources } = deps.archive
  const named = { dataset: billingPeriods.name, enrollment, billingPeriod: ALL_PERIODS }
  const list = await deps.newest(await deps.answering(named))
  if (list === null) return new Map<string, never>()
  try {
    const periods = await archivedPeriods({ snapshots: deps.reader, sources }, list)
    return new Map(periods.map((period) => [period.id, period]))
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    // Archived data is available without the source's list; health reports problems with the list.
    return new Map<string, never>()
  }
}
