import type { Catalogue } from '../datasets/catalogue.ts'
import type { OpenState } from '../snapshots/series-state.ts'

/**
 * True if this program can work on the plan. A newer program's plan, with unknown columns or an unknown
 * dataset, is left to that program, including its messages, until the deadline. So after a rollback no plan
 * stays open forever.
 */
export function isKnownPlan(catalogue: Catalogue, { series, plan }: OpenState): boolean {
  const dataset = catalogue.find(series.dataset)
  return dataset !== null && plan.rowsVersion <= dataset.rowsVersion
}
