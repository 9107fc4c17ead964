import { ArchiveError } from '../errors.ts'
import { balanceSummary } from './balance-summary.ts'
import { billingPeriods } from './billing-periods.ts'
import type { Dataset } from './dataset.ts'
import { marketplaceCharges } from './marketplace-charges.ts'
import { priceSheet } from './price-sheet.ts'
import { usageDetails } from './usage-details.ts'

/**
 * The datasets that one version of the program knows. Two versions may work on one archive at the same time.
 */
export interface Catalogue {
  /** In display order. */
  readonly datasets: readonly Dataset[]
  /** The dataset called `name`; null if this version does not know it. */
  find(name: string): Dataset | null
}

export function catalogueOf(datasets: readonly Dataset[]): Catalogue {
  const byName = new Map<string, Dataset>(datasets.map((dataset) => [dataset.name, dataset]))
  return { datasets, find: (name) => byName.get(name) ?? null }
}

/** What this program knows. */
export const catalogue = catalogueOf([
  billingPeriods,
  balanceSummary,
  usageDetails,
  marketplaceCharges,
  priceSheet,
])

/** Every dataset, in display order. */
export const { datasets } = catalogue

/** The dataset called `name`; throws `NOT_FOUND` with the names that exist. */
export function datasetNamed(name: string): Dataset {
  const dataset = catalogue.find(name)
  if (dataset === null) {
    const names = datasets.map((known) => known.name).join(', ')
    throw new ArchiveError('NOT_FOUND', `there is no dataset "${name}"; the datasets are: ${names}`)
  }
  return dataset
}
