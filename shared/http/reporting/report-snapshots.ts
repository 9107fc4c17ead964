/** Finds the snapshots that answer a report. */

import pMap from 'p-map'
import { billingPeriods } from '../../datasets/billing-periods.ts'
import { ArchiveError } from '../../errors.ts'
import { daysOfPeriod } from '../../format/days.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { ALL_PERIODS } from '../../format/series.ts'
import { kindsOf, sourcesOffering } from '../../sources/source.ts'
import { linkedSeries } from '../../usecases/read/answering-series.ts'
import { readSnapshot, type Snapshot } from '../../usecases/read/read-snapshots.ts'
import { sourceToName } from '../../usecases/resolve-series.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { ReportedSnapshot } from './continuation.ts'
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
    const newest = await newestOf(deps, target, billingPeriod)
    if (newest !== null) return [newest]
    throw new ArchiveError('NOT_FOUND', `${dataset.name} of ${billingPeriod} is not archived`)
  }
  const ids = await archivedIds(deps, target)
  if (dates === null) {
    for (const id of ids) {
      const newest = await newestOf(deps, target, id)
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
      const newest = await newestOf(deps, target, id)
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
  const found = await deps.periods({ dataset: dataset.name, enrollment })
  const ids = found.filter((id) => id !== ALL_PERIODS)
  if (ids.length === 0) await periodsList(deps, enrollment)
  return ids.toReversed()
}

/** The snapshots in a page's token; rejects with `BAD_REQUEST` if one does not exist. */
export async function pinnedFor(
  deps: HttpDeps,
  { dataset, enrollment }: ReportTarget,
  pins: readonly ReportedSnapshot[],
): Promise<Snapshot[]> {
  const known = kindsOf(sourcesOffering(deps.archive.sources, dataset.name))
  return Promise.all(
    pins.map(async ({ source, billingPeriod, number }) => {
      const named = { dataset: dataset.name, enrollment, billingPeriod }
      const series =
        source === null
          ? await linkedSeries({ ...deps.archive, snapshots: deps.reader }, named)
          : { source, ...named }
      const isKnown = known.includes(series.source)
      const found = isKnown ? await readSnapshot(deps.reader, series, number) : null
      if (found !== null) return found
      throw new ArchiveError('BAD_REQUEST', 'the skiptoken names a snapshot that does not exist')
    }),
  )
}

/** How a page's token names a snapshot. */
export function pinOf({ archive }: HttpDeps, { manifest }: Snapshot): ReportedSnapshot {
  const { billingPeriod, number } = manifest
  const source = sourceToName(archive.sources, seriesOfManifest(manifest))
  return { billingPeriod, number, source }
}

async function periodsList(deps: HttpDeps, enrollment: string): Promise<Snapshot> {
  const newest = await newestOf(deps, { dataset: billingPeriods, enrollment }, ALL_PERIODS)
  if (newest !== null) return newest
  throw new ArchiveError('NOT_FOUND', `nothing is archived for enrollment ${enrollment} yet`)
}

async function newestOf(
  deps: HttpDeps,
  { dataset, enrollment }: Pick<ReportTarget, 'dataset' | 'enrollment'>,
  billingPeriod: string,
): Promise<Snapshot | null> {
  return deps.newest(await deps.answering({ dataset: dataset.name, enrollment, billingPeriod }))
}
