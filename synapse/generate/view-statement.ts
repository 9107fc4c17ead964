/** The statement that creates a view over the files of one format. */
import { DATA_SOURCE } from './names.ts'
import type { ViewSource } from './view-columns.ts'

interface FileFormat {
  readonly schema: 'parquet' | 'csv'
  /** Options of OPENROWSET. */
  readonly options: readonly string[]
  readonly columns: readonly FileColumn[]
}

/** A column of a file. */
export interface FileColumn {
  readonly name: string
  readonly type: string
  /** The type in the view, if it is another one. */
  readonly castTo?: string
}

/** Names are those of the files in their exact case; in another case, the pool would return nulls. */
export function viewStatement(source: ViewSource, format: FileFormat): string {
  const { name, path, folders } = source
  const { schema, options, columns } = format
  // Not cast, as in the documentation of partitioned views: conditions on these columns then choose folders.
  const selected = [
    ...folders.map((folder, index) => `r.filepath(${index + 1}) AS [${folder}]`),
    ...columns.map(selectedColumn),
  ]
  const settings = [
    `BULK '${schema}/${path}/data.${schema}'`,
    `DATA_SOURCE = '${DATA_SOURCE}'`,
    ...options,
  ]
  return `CREATE OR ALTER VIEW [${schema}].[${name}] AS
SELECT
${lines(selected)}
FROM OPENROWSET(
${lines(settings)}
) WITH (
${lines(columns.map((column) => `[${column.name}] ${column.type}`))}
) AS r;
GO
`
}

function selectedColumn({ name, castTo }: FileColumn): string {
  return castTo === undefined ? `r.[${name}]` : `CAST(r.[${name}] AS ${castTo}) AS [${name}]`
}

function lines(items: readonly string[]): string {
  return items.map((item) => `    ${item}`).join(',\n')
}
