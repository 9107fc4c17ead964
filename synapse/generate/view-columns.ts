/** The columns of the views and their SQL types. */
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { type ParquetColumn, parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { SNAPSHOT_COLUMNS } from '../../shared/outputs/tables/snapshots-table.ts'
import { SUMMARY_COLUMNS } from '../../shared/outputs/tables/summary-table.ts'
import { tableColumns } from '../../shared/outputs/tables/table.ts'
import { COLLATION } from './names.ts'

/** Columns that a folder's name has, from the root down, and below them the file's own columns. */
export interface ViewSource {
  /** The name of the view in either schema. */
  readonly name: string
  /** The folder below that of the format, with a wildcard for each of `folders`. */
  readonly path: string
  readonly folders: readonly string[]
  readonly columns: readonly ParquetColumn[]
}

const PERIODS = 'enrollment=*/period=*'

export function rowsSource(dataset: Dataset): ViewSource {
  const columns = parquetColumns(columnsAt(dataset, dataset.rowsVersion))
  const path = `${dataset.name}/${PERIODS}`
  return { name: dataset.name, path, folders: ['enrollment', 'period'], columns }
}

/** The tables that the archive derives. Their column `dataset` is a folder's, so that a condition on it skips folders. */
export function tableSources(): ViewSource[] {
  const tables = { summary: SUMMARY_COLUMNS, snapshots: SNAPSHOT_COLUMNS }
  return Object.entries(tables).map(([name, columns]) => ({
    name,
    path: `${name}/*/${PERIODS}`,
    folders: ['dataset', 'enrollment', 'period'],
    columns: tableColumns(columns).filter((column) => column.name !== 'dataset'),
  }))
}

/** Texts of which some are very long: JSON, tags, ids of resources. */
const LONG_TEXTS = new Set([
  'additionalInfo',
  'adjustmentDetails',
  'exact',
  'instanceId',
  'leftOut',
  'newPurchasesDetails',
  'otherFields',
  'serviceInfo1',
  'serviceInfo2',
  'tags',
  'totals',
])

/** Bytes of UTF-8. A longer text makes a query fail that reads it; it is never cut. */
const TEXT_BYTES = 1024
const LONGEST_CSV_FIELD = 8000

/** Whole numbers, which Parquet has as decimals like every number. */
const COUNTS = new Set(['number', 'rows', 'leftOut'])

export function isCount({ name, type }: ParquetColumn): boolean {
  return type === 'decimal' && COUNTS.has(name)
}

/** The type of a column in Parquet. */
export function parquetType({ name, type }: ParquetColumn): string {
  switch (type) {
    case 'decimal':
      return 'decimal(38,18)'
    case 'date':
      return 'date'
    case 'boolean':
      return 'bit'
    case 'text':
    case 'exact':
      return textType(LONG_TEXTS.has(name) ? 'max' : TEXT_BYTES)
  }
}

/** The type of a column in CSV, where everything is text. */
export function csvType({ name }: ParquetColumn): string {
  return textType(LONG_TEXTS.has(name) ? LONGEST_CSV_FIELD : TEXT_BYTES)
}

function textType(bytes: number | 'max'): string {
  return `varchar(${bytes}) COLLATE ${COLLATION}`
}
