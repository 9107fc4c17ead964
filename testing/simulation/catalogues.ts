/** Two versions of the program: the current one, and one whose catalogue has two more columns. */
import { type Catalogue, catalogue, catalogueOf } from '../../shared/datasets/catalogue.ts'
import type { Dataset, DatasetName } from '../../shared/datasets/dataset.ts'
import type { ColumnDefinition } from '../../shared/rows/row-layout.ts'

/** Columns that the newer catalogue adds to each dataset: a text, and a summed decimal. */
const ADDED: readonly ColumnDefinition[] = [
  { name: 'benefitId', kind: 'string' },
  { name: 'taxAmount', kind: 'number', decimal: true },
]

/**
 * The CSV columns of each version, listed explicitly, so that the check does not depend on the checked code.
 */
export interface Expected {
  readonly columns: readonly string[]
  /** Summed columns. */
  readonly decimals: readonly string[]
}

/** One version of the program. */
export interface Program {
  readonly name: 'older' | 'newer'
  readonly catalogue: Catalogue
}

export const older: Program = { name: 'older', catalogue }
export const newer: Program = {
  name: 'newer',
  catalogue: catalogueOf(catalogue.datasets.map(withMore)),
}

/** A newer program that forgot to raise its rowsVersion, which the judge must notice. */
export const careless: Program = {
  name: 'newer',
  catalogue: catalogueOf(
    catalogue.datasets.map((dataset) => ({ ...dataset, columns: [...dataset.columns, ...ADDED] })),
  ),
}

function withMore(dataset: Dataset): Dataset {
  const rowsVersion = dataset.rowsVersion + 1
  const added = ADDED.map((column) => ({ ...column, since: rowsVersion }))
  return { ...dataset, rowsVersion, columns: [...dataset.columns, ...added] }
}

/** The dataset in a program's catalogue. */
export function datasetOf(
  { catalogue: known }: Pick<Program, 'catalogue'>,
  name: DatasetName,
): Dataset {
  const dataset = known.find(name)
  if (dataset === null) throw new Error(`there is no dataset ${name}`)
  return dataset
}

/** The shape of a version's files; null for a version that no program has. */
export function expectedOf(name: DatasetName, rowsVersion: number): Expected | null {
  const first = datasetOf(older, name)
  const isNewer = rowsVersion === first.rowsVersion + 1
  if (!isNewer && rowsVersion !== first.rowsVersion) return null
  const added = isNewer ? ADDED : []
  const all = [...first.columns, ...added]
  return {
    columns: [...first.columns.map((column) => column.name), 'otherFields', ...added.map(nameOf)],
    decimals: all.filter((column) => column.decimal === true).map(nameOf),
  }
}

function nameOf({ name }: ColumnDefinition): string {
  return name
}
