import pMap from 'p-map'
import type { Dataset } from '../../datasets/dataset.ts'
import { enrollmentFolder, seriesOf } from '../../format/layout.ts'
import { type Series } from '../../format/series.ts'
import type { Source } from '../../sources/source.ts'
import type { SeriesFailures } from '../state/series-failures.ts'
import type { PlanDriver } from './drive-plan.ts'
import { openRebuild } from './open-rebuild.ts'

/** The rowsVersion of a dataset that has never gained a column. */
const FIRST_VERSION = 1

/** How many states are read concurrently. */
const READ_CONCURRENCY = 8

/**
 * Opens a rebuild for every series of the enrollment whose files lack columns of the catalogue, whether the
 * source still lists its period or not. A failing series does not block the others.
 */
export async function rebuildOutdated(
  archive: PlanDriver,
  source: Pick<Source, 'definition'>,
  dataset: Dataset,
  enrollment: string,
  failures: SeriesFailures,
): Promise<void> {
  if (dataset.rowsVersion === FIRST_VERSION) return // nothing older exists
  const found: Series[] = []
  const folder = enrollmentFolder(source.definition.kind, dataset.name, enrollment)
  for await (const below of archive.snapshots.folders(folder)) {
    const series = seriesOf(below)
    if (series !== null) found.push(series)
  }
  await pMap(
    found,
    (series) =>
      failures.attempt(series, async () => {
        await openRebuild(archive, dataset, series, { isAsked: false })
      }),
    { concurrency: READ_CONCURRENCY },
  )
}
