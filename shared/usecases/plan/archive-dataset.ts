import type { Dataset } from '../../datasets/dataset.ts'
import { sourcesOffering } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { seriesFailures } from '../state/series-failures.ts'
import { dueSeries, seriesAt } from './due-series.ts'
import type { PlanOpener } from './open-again.ts'
import { openOrJoin } from './open-or-join.ts'
import { rebuildOutdated } from './rebuild-outdated.ts'

/**
 * The use case of a dataset's timer: determines what is due for every enrollment at every source that offers
 * the dataset, and opens or joins a plan for each series. A failing series or enrollment does not block the others; failures are logged one by one
 * and thrown at the end. `lastRun` is when this timer ran last: an older list of billing periods is not
 * trusted, because missed timers run all at once, and that of the list need not be first.
 */
export async function archiveDataset(
  archive: PlanOpener & Pick<Archive, 'enrollments'>,
  dataset: Dataset,
  signal: AbortSignal,
  lastRun: Date | null = null,
): Promise<void> {
  const failures = seriesFailures(archive.log, 'plan.not-opened')
  for (const enrollment of archive.enrollments) {
    for (const source of sourcesOffering(archive.sources, dataset.name)) {
      await failures.attempt(`${dataset.name} ${enrollment}`, async () => {
        // First, so that it does not depend on the source; what is due is then fetched with its old ETag.
        await rebuildOutdated(archive, source, dataset, enrollment, failures)
        const plans = await dueSeries(archive, source, dataset, enrollment, signal, {
          failures,
          listedSince: lastRun,
        })
        for (const plan of plans) {
          const series = seriesAt(source, dataset, enrollment, plan.billingPeriod)
          await failures.attempt(series, () => openOrJoin(archive, dataset, series, plan))
        }
        archive.log.info('dataset.planned', {
          dataset: dataset.name,
          enrollment,
          series: plans.length,
          parts: plans.reduce((sum, plan) => sum + plan.parts.length, 0),
        })
      })
    }
  }
  failures.throwIfAny()
}
