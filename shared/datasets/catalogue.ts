import { ArchiveError } from '../errors.ts'
import { type RowLayout, rowLayout } from '../rows/row-layout.ts'
import { balanceSummary } from './balance-summary.ts'
import { billingPeriods } from './billing-periods.ts'
import type { Dataset } from './dataset.ts'
import { marketplaceCharges } from './marketplace-charges.ts'
import { priceSheet } from './price-sheet.ts'
import { usageDetails } from './usage-details.ts'

/** Every dataset, in the order in which a person wants to see them. */
export const datasets: readonly Dataset[] = [
  billingPeriods,
  balanceSummary,
  usageDetails,
  marketplaceCharges,
  priceSheet,
]

const byName = new Map(datasets.map((dataset) => [dataset.name as string, dataset]))
const layouts = new Map<string, RowLayout>()

/** The dataset called `name`; throws `NOT_FOUND` with the names that there are. */
export function datasetNamed(name: string): Dataset {
  const dataset = byName.get(name)
  if (dataset === undefined) {
    const names = datasets.map((known) => known.name).join(', ')
    throw new ArchiveError('NOT_FOUND', `no dataset is called "${name}"; there are: ${names}`)
  }
  return dataset
}

/** The compiled row layout of a dataset, made once. */
export function layoutOf(dataset: Dataset): RowLayout {
  let layout = layouts.get(dataset.name)
  if (layout === undefined) {
    layout = rowLayout(dataset.columns)
    layouts.set(dataset.name, layout)
  }
  return layout
}
