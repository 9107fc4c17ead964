import type { OpenState } from '../../format/series-state.ts'
import { kindsOf } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'

/**
 * True if this program can work on the plan. A newer program's plan, with unknown columns, an unknown
 * dataset or an unknown source, is left to that program, including its messages, until the deadline. So after a rollback no plan
 * stays open forever.
 */
export function isKnownPlan(
  { catalogue, sources }: Pick<Archive, 'catalogue' | 'sources'>,
  { series, plan }: OpenState,
): boolean {
  const dataset = catalogue.find(series.dataset)
  const isOurs = kindsOf(sources).includes(series.source)
  return isOurs && dataset !== null && plan.rowsVersion <= dataset.rowsVersion
}
