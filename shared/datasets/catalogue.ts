import { ArchiveError } from '../errors.ts'
import { columnsAt, csvColumnNames, type RowLayout, rowLayout } from '../rows/row-layout.ts'
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
    throw new ArchiveError('NOT_FOUND', `no dataset is called "${name}"; there are: ${names}`)
  }
  return dataset
}

const versions = new WeakMap<Dataset, Map<number, Dataset>>()

/**
 * A dataset as of version `rowsVersion` of the catalogue, with the columns of that version. Throws
 * `CATALOGUE_TOO_OLD` for a version that only a newer program knows.
 */
export function datasetAt(dataset: Dataset, rowsVersion: number): Dataset {
  if (rowsVersion === dataset.rowsVersion) return dataset
  const { name, columns } = dataset
  if (rowsVersion > dataset.rowsVersion) {
    const known = `this program knows ${name} up to version ${dataset.rowsVersion} of its columns`
    throw new ArchiveError(
      'CATALOGUE_TOO_OLD',
      `${known} and this is version ${rowsVersion}: a newer program works on it`,
    )
  }
  const known = versions.get(dataset) ?? new Map<number, Dataset>()
  versions.set(dataset, known)
  let at = known.get(rowsVersion)
  if (at === undefined) {
    at = { ...dataset, rowsVersion, columns: columnsAt(columns, rowsVersion) }
    known.set(rowsVersion, at)
  }
  return at
}

const layouts = new WeakMap<Dataset, RowLayout>()

/**
 * The compiled row layout for a version of a dataset's columns, built once: the only way to get columns,
 * header and layout. Use the version of the data being read or of the current plan, never simply the latest.
 * Throws `CATALOGUE_TOO_OLD`.
 */
export function layoutOf(dataset: Dataset, rowsVersion: number): RowLayout {
  const at = datasetAt(dataset, rowsVersion)
  let layout = layouts.get(at)
  if (layout === undefined) {
    layout = rowLayout(at.columns)
    layouts.set(at, layout)
  }
  return layout
}

/** Names of the CSV columns in a version of a dataset. Throws `CATALOGUE_TOO_OLD`. */
export function columnNamesOf(dataset: Dataset, rowsVersion: number): string[] {
  return csvColumnNames(datasetAt(dataset, rowsVersion).columns)
}
