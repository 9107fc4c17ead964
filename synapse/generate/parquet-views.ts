/** Typed views over Parquet. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { DATABASE } from './names.ts'
import { isCount, parquetType, rowsSource, tableSources } from './view-columns.ts'
import { viewStatement } from './view-statement.ts'

export function parquetViews(datasets: readonly Dataset[]): string {
  const sources = [...datasets.map(rowsSource), ...tableSources()]
  const views = sources.map((source) =>
    viewStatement(source, {
      schema: 'parquet',
      options: [`FORMAT = 'PARQUET'`],
      columns: source.columns.map((column) => ({
        name: column.name,
        type: parquetType(column),
        ...(isCount(column) ? { castTo: 'bigint' } : {}),
      })),
    }),
  )
  return `
-- One view per dataset, and the tables summary and snapshots. Run again after an update of Billing Archive that adds columns.
-- [exact] is null, or a JSON object with the texts that the typed columns of this row can't represent.
-- Conditions on [enrollment], [period] and (of the tables) [dataset] choose folders; other files are not read.
-- Lengths are bytes of UTF-8. A query that reads a longer text fails; raise the length here.
USE [${DATABASE}];
GO
${views.join('\n')}`
}
