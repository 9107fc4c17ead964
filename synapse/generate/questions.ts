/** All example questions. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { DATABASE } from './names.ts'
import { checkTotals } from './questions/check-totals.ts'
import { costByService, costBySubscription } from './questions/cost-by-key.ts'
import { exactCost } from './questions/exact-cost.ts'
import { quantityTimesRate } from './questions/quantity-times-rate.ts'
import { restatements } from './questions/restatements.ts'

/** Their scripts, by file name. */
export function questions(datasets: readonly Dataset[]): (readonly [string, string])[] {
  return [
    costByService,
    costBySubscription,
    restatements,
    checkTotals(datasets),
    exactCost(datasets),
    quantityTimesRate,
  ].map(({ name, about, query }) => [
    `questions/${name}.sql`,
    `${about.trim()}\nUSE [${DATABASE}];\nGO\n${query.trim()}\n`,
  ])
}
