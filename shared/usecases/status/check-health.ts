/** The state of every series: archived, late, missing or failed, and why. */
import pMap from 'p-map'
import { datasets } from '../../datasets/catalogue.ts'
import { sourceFolder } from '../../format/layout.ts'
import { ALL_PART, type Series, seriesLabel } from '../../format/series.ts'
import { kindsOf } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { expectedSeries, periodsOf } from '../plan/expected-series.ts'
import { type ArchivedPeriods, periodsSeries } from '../plan/list-periods.ts'
import { findAnswering } from '../read/answering-series.ts'
import { listSeries } from '../read/list-series.ts'
import { type HealthDeps, type SeriesHealth, seriesHealth } from './series-health.ts'

const READ_CONCURRENCY = 8

/** Longer than a check takes. */
const ANSWERING_MS = 600_000

/** Resolves if storage answers; otherwise rejects with `STORAGE_UNAVAILABLE`. */
export async function checkStorage({
  state,
  sources,
}: Pick<Archive, 'state' | 'sources'>): Promise<void> {
  for (const kind of kindsOf(sources).slice(0, 1)) {
    for await (const _ of state.folders(sourceFolder(kind))) return
  }
}

/**
 * The state of every series of the enrollments, including expected ones, by dataset, newest first. Rejects
 * only with `STORAGE_UNAVAILABLE`: problems with data are reported in their series.
 */
export async function checkHealth(
  archive: HealthDeps,
  enrollments: readonly string[],
): Promise<SeriesHealth[]> {
  const listed = new Map<string, Series>()
  const known = new Map<string, Series>()
  const lists = new Map<string, ArchivedPeriods>()
  for (const enrollment of enrollments) {
    for (const kind of kindsOf(archive.sources.filter(({ definition }) => definition.periods))) {
      const list = await periodsOf(archive, kind, enrollment)
      const periods = periodsSeries(kind, enrollment)
      lists.set(keyOf(periods), list)
      for (const series of [periods, ...expectedSeries(periods, list)]) {
        listed.set(keyOf(series), series)
      }
    }
  }
  for (const store of [archive.state, archive.snapshots]) {
    for await (const series of listSeries(store, archive.sources)) {
      if (enrollments.includes(series.enrollment)) known.set(keyOf(series), series)
    }
  }
  const health: SeriesHealth[] = []
  // Looked up once for the series of all sources.
  const answering = findAnswering(archive, ANSWERING_MS)
  await pMap(
    new Map([...listed, ...known]),
    async ([key, series]) => {
      const isListed = listed.has(key)
      const found = await seriesHealth(archive, series, isListed, answering)
      const list = lists.get(key)
      health.push(list === undefined ? found : withList(found, list))
    },
    { concurrency: READ_CONCURRENCY },
  )
  return health.sort(byDatasetThenNewest)
}

function keyOf(series: Series): string {
  return `${series.source} ${seriesLabel(series)}`
}

/** Adds the invalid rows of the list of periods; the list has failed if nothing can be expected from it. */
function withList(health: SeriesHealth, { periods, problems }: ArchivedPeriods): SeriesHealth {
  if (problems.length === 0) return health
  const drift = [...health.drift, ...problems]
  if (periods.length > 0 || health.checkedAt === null) return { ...health, drift }
  const at = health.checkedAt
  const message = problems[0] ?? ''
  const failed = { part: ALL_PART, code: 'SOURCE_BAD_VALUE', message, since: at, at }
  return { ...health, drift, status: 'failed', failed: [...health.failed, failed] }
}

function byDatasetThenNewest(a: SeriesHealth, b: SeriesHealth): number {
  const order = ({ dataset }: SeriesHealth): number =>
    datasets.findIndex((known) => known.name === dataset)
  if (a.dataset !== b.dataset) return order(a) - order(b)
  if (a.enrollment !== b.enrollment) return a.enrollment < b.enrollment ? -1 : 1
  if (a.billingPeriod !== b.billingPeriod) return a.billingPeriod > b.billingPeriod ? -1 : 1
  return a.source < b.source ? -1 : 1
}
