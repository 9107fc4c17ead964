import type { Catalogue } from '../datasets/catalogue.ts'
import type { OpenState } from '../snapshots/series-state.ts'

/**
 * Can this program work for the plan? Not for one that a newer program opened, with columns or for a
 * dataset that are not known here: that plan and its messages are left to the newer program, until its
 * deadline, so that after a rollback nothing stands open for ever.
 */
export function isKnownPlan(catalogue: Catalogue, { series, plan }: OpenState): boolean {
  const dataset = catalogue.find(series.dataset)
  return dataset !== null && plan.rowsVersion <= dataset.rowsVersion
}
