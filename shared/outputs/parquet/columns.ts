/** The columns of a Parquet table: named as in the CSV, with types from the catalogue that are the same for all periods. */
import type { DatasetColumns } from '../../datasets/columns-at.ts'

/**
 * `text`: STRING; `decimal`: DECIMAL(38,18); `date`: DATE; `exact`: the last column, with the texts that typed columns can't
 * represent.
 */
export type ParquetType = 'text' | 'decimal' | 'date' | 'boolean' | 'exact'

export interface ParquetColumn {
  readonly name: string
  readonly type: ParquetType
}

/** The name of the last column: null, or a JSON object with the texts of the row that its typed columns can't represent. */
export const EXACT_NAME = 'exact'

/** Returns the columns for a version of a dataset, in the CSV's order, with `exact` last. */
export function parquetColumns({
  definitions,
  names,
}: Pick<DatasetColumns, 'definitions' | 'names'>): ParquetColumn[] {
  const types = new Map(definitions.map((definition) => [definition.name, typeOf(definition)]))
  const columns = names.map((name) => ({ name, type: types.get(name) ?? 'text' }))
  return [...columns, { name: EXACT_NAME, type: EXACT_NAME }]
}

function typeOf(definition: DatasetColumns['definitions'][number]): ParquetType {
  if (definition.decimal === true || definition.rate === true) return 'decimal'
  if (definition.usageDate === true) return 'date'
  return definition.kind === 'boolean' ? 'boolean' : 'text'
}
