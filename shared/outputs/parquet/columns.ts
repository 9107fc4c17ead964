/** The columns of a Parquet table: the CSV's names, typed by the catalogue, the same for all periods. */
import type { DatasetColumns } from '../../datasets/columns-at.ts'

/**
 * What a column can say. `decimal`: DECIMAL(38,18); `date`: DATE; `exact`: the text column, always last, that says what typed
 * columns can't.
 */
export type ParquetType = 'text' | 'decimal' | 'date' | 'boolean' | 'exact'

export interface ParquetColumn {
  readonly name: string
  readonly type: ParquetType
}

/** The name of the column with the texts of a row that its typed columns can't say. */
export const EXACT_NAME = 'exact'

/** The columns for a version of a dataset, in the order of the CSV, `exact` last. */
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
