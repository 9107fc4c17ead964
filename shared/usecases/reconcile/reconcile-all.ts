import { balanceSummary } from '../../datasets/balance-summary.ts'
import type { Archive } from '../archive.ts'
import { isAnswering } from '../read/answering-series.ts'
import { listSeries } from '../read/list-series.ts'
import { seriesFailures } from '../state/series-failures.ts'
import { reconcilePeriod } from './reconcile-period.ts'
import { type Reconciliation } from './reconciliation.ts'

/**
 * The use case of the daily timer: reconciles every billing period that has a balance. A failing period does
 * not stop the others.
 */
export async function reconcileAll(
  archive: Pick<Archive, 'snapshots' | 'state' | 'sources' | 'policy' | 'log'>,
  signal: AbortSignal,
): Promise<Reconciliation[]> {
  const done: Reconciliation[] = []
  const failures = seriesFailures(archive.log, 'reconcile.failed')
  for await (const series of listSeries(archive.snapshots, archive.sources)) {
    signal.throwIfAborted()
    if (series.dataset !== balanceSummary.name) continue
    const { enrollment, billingPeriod } = series
    await failures.attempt(`${enrollment} ${billingPeriod}`, async () => {
      if (!(await isAnswering(archive, series))) return // its turn comes with the series that answers
      const result = await reconcilePeriod(archive, enrollment, billingPeriod)
      if (result !== null) done.push(result)
    })
  }
  failures.throwIfAny()
  return done
}
