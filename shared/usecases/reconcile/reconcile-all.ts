import { balanceSummary } from '../../datasets/balance-summary.ts'
import { describeError } from '../../errors.ts'
import type { Archive } from '../archive.ts'
import { listSeries } from '../list-series.ts'
import { type Reconciliation, reconcilePeriod } from './reconcile-period.ts'

/** What the daily timer does: every billing period that has a balance. One that fails does not stop the others. */
export async function reconcileAll(
  archive: Pick<Archive, 'snapshots' | 'state' | 'source' | 'config' | 'log'>,
  signal: AbortSignal,
): Promise<Reconciliation[]> {
  const done: Reconciliation[] = []
  const failures: unknown[] = []
  for await (const series of listSeries(archive.snapshots, archive.source.kind)) {
    signal.throwIfAborted()
    if (series.dataset !== balanceSummary.name) continue
    const { enrollment, billingPeriod } = series
    try {
      const result = await reconcilePeriod(archive, enrollment, billingPeriod)
      if (result !== null) done.push(result)
    } catch (error) {
      failures.push(error)
      archive.log.error('reconcile.failed', { enrollment, billingPeriod, ...describeError(error) })
    }
  }
  if (failures.length > 0) throw failures[0]
  return done
}
