import { ArchiveError } from '../errors.ts'
import {
  type ColumnDefinition,
  csvColumnNames,
  type RowLayout,
  rowLayout,
} from '../rows/row-layout.ts'
import type { Dataset } from './dataset.ts'

/** The columns of one version of a dataset. */
export interface DatasetColumns {
  readonly definitions: readonly ColumnDefinition[]
  /** Names of the CSV columns, in order. */
  readonly names: readonly string[]
  /** The columns, compiled for the row code; built on first use. */
  readonly layout: RowLayout
}

const versions = new WeakMap<Dataset, Map<number, DatasetColumns>>()

/**
 * The columns in version `rowsVersion` of a dataset, built once: the only way to columns, header and layout.
 * Use the version of the data being read or of the current plan, never simply the latest. Throws
 * `CATALOGUE_TOO_OLD` for a version that only a newer program knows.
 */
export function columnsAt(dataset: Dataset, rowsVersion: number): DatasetColumns {
  const known = versions.get(dataset) ?? new Map<number, DatasetColumns>()
  versions.set(dataset, known)
  let at = known.get(rowsVersion)
  if (at === undefined) {
    at = columnsOf(dataset, rowsVersion)
    known.set(rowsVersion, at)
  }
  return at
}

function columnsOf({ name, columns, rowsVersion: latest }: Dataset, at: number): DatasetColumns {
  if (at > latest) {
    const known = `this program knows the columns of ${name} up to version ${latest}`
    throw new ArchiveError(
      'CATALOGUE_TOO_OLD',
      `${known}, not version ${at}: use the newer program that wrote it`,
    )
  }
  // At the latest version all of them, as they are listed.
  const definitions = at === latest ? columns : columns.filter(({ since = 1 }) => since <= at)
  let layout: RowLayout | null = null
  return {
    definitions,
    names: csvColumnNames(definitions),
    get layout() {
      layout ??= rowLayout(definitions)
      return layout
    },
  }
}

/**
 * As far as this program knows them, the columns of a version that may be a newer program's: for reading what
 * that program wrote.
 */
export function knownColumnsAt(dataset: Dataset, rowsVersion: number): DatasetColumns {
  return columnsAt(dataset, Math.min(rowsVersion, dataset.rowsVersion))
}
