/** Finds the snapshots that answer a report. */

import pMap from 'p-map'
import { billingPeriods } from '../../datasets/billing-periods.ts'
import { ArchiveError } from '../../errors.ts'
import { daysOfPeriod } from '../../format/days.ts'
import { ALL_PERIODS, type Series } from '../../format/series.ts'
import { periodsSeries } from '../../usecases/plan/list-periods.ts'
import { readSnapshot, type Snapshot } from '../../usecases/read/read-snapshots.ts'
import { answeringSource, resolveSeries } from '../../usecases/resolve-series.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { ReportScope, ReportTarget } from './report-routes.ts'

/** How many snapshots are looked up concurrently. */
const CONCURRENCY = 8

/** The newest snapshots for a report's first page. Rejects with `NOT_FOUND` if nothing is archived. */
export async function newestFor(
  deps: HttpDeps,
  target: ReportTarget,
  { billingPeriod, dates }: ReportScope,
): Promise<Snapshot[]> {
  const { dataset, enrollment } = target
  if (!dataset.perPeriod) return [await periodsList(deps, enrollment)]
  if (billingPeriod !== null) {
    const newest = await deps.newest(seriesOf(deps, target, billingPeriod))
    if (newest !== null) return [newest]
    throw new ArchiveError('NOT_FOUND', `${dataset.name} of ${billingPeriod} is not archived`)
  }
  const ids = await archivedIds(deps, target)
  if (dates === null) {
    for (const id of ids) {
      const newest = await deps.newest(seriesOf(deps, target, id))
      if (newest !== null) return [newest]
    }
    throw new ArchiveError('NOT_FOUND', `no ${dataset.name} is archived yet`)
  }
  // A later period may have billed a day late, so all periods from the first day on are included.
  const wanted = ids.filter((id) => daysOfPeriod(id).last >= dates.first)
  const found = new Map<string, Snapshot>()
  await pMap(
    wanted,
    async (id) => {
      const newest = await deps.newest(seriesOf(deps, target, id))
      if (newest !== null) found.set(id, newest)
    },
    { concurrency: CONCURRENCY },
  )
  return wanted.toReversed().flatMap((id) => found.get(id) ?? [])
}

/** The billing periods with data, newest first. Rejects with `NOT_FOUND` if there are none. */
async function archivedIds(
  deps: HttpDeps,
  { dataset, enrollment }: ReportTarget,
): Promise<readonly string[]> {
  const source = answeringSource(deps.archive.sources, dataset.name).definition.kind
  const found = await deps.periods({ source, dataset: dataset.name, enrollment })
  const ids = found.filter((id) => id !== ALL_PERIODS)
  if (ids.length === 0) await periodsList(deps, enrollment)
  return ids.toReversed()
}

/** The snapshots in a page's token; rejects with `BAD_REQUEST` if one does not exist. */
export async function pinnedFor(
  deps: HttpDeps,
  target: ReportTarget,
  pins: readonly (readonly [billingPeriod: string, number: number])[],
): Promise<Snapshot[]> {
  return Promise.all(
    pins.map(async ([period, number]) => {
      const found = await readSnapshot(deps.reader, seriesOf(deps, target, period), number)
      if (found !== null) return found
      throw new ArchiveError('BAD_REQUEST', 'the skiptoken names a snapshot that does not exist')
    }),
  )
}

async function periodsList(deps: HttpDeps, enrollment: string): Promise<Snapshot> {
  const { kind } = answeringSource(deps.archive.sources, billingPeriods.name).definition
  const newest = await deps.newest(periodsSeries(kind, enrollment))
  if (newest !== null) return newest
  throw new ArchiveError('NOT_FOUND', `nothing is archived for enrollment ${enrollment} yet`)
}

function seriesOf(
  { archive }: HttpDeps,
  { dataset, enrollment }: ReportTarget,
  billingPeriod: string,
): Series {
  return resolveSeries(archive.sources, { dataset: dataset.name, enrollment, billingPeriod })
}
