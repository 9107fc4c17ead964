/** Views over CSV, with every field as it was sent. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { EXACT_NAME } from '../../shared/outputs/parquet/columns.ts'
import { DATABASE } from './names.ts'
import { csvType, rowsSource, tableSources } from './view-columns.ts'
import { viewStatement } from './view-statement.ts'

export function csvViews(datasets: readonly Dataset[]): string {
  const sources = [...datasets.map(rowsSource), ...tableSources()]
  const views = sources.map((source) =>
    viewStatement(source, {
      schema: 'csv',
      options: [`FORMAT = 'CSV'`, `PARSER_VERSION = '2.0'`, 'HEADER_ROW = TRUE'],
      columns: source.columns
        .filter(({ name }) => name !== EXACT_NAME)
        .map((column) => ({ name: column.name, type: csvType(column) })),
    }),
  )
  return `
-- The same over CSV, where every column is the text as it was sent. Prefer Parquet; these views are for looking at a text.
-- Limits of parser 2.0:
--   A field has at most 8,000 characters and a row at most 8 MB; a query that reads more fails.
--   It reads dates only as yyyy-MM-dd, and the usage dates of the archive have a time: convert with CAST(LEFT(date, 10) AS date).
--   It reads a file in pieces; no documentation promises that it recognizes a line break within quotes.
--   Numbers may have exponents (1.5E-05), which CAST AS decimal rejects: use [exact].[number].
-- A query fails if a file is replaced while it is read: run it again. Never set ALLOW_INCONSISTENT_READS, which is for files
-- that are only appended to; rows of two versions would be mixed.
-- An empty text is '', null is NULL.
USE [${DATABASE}];
GO
${views.join('\n')}`
}
