/** Views with the exact sum of every decimal column, by enrollment and period. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { DATABASE } from './names.ts'

/** The names of the columns that have totals in manifests. */
export function summedColumns({ columns }: Pick<Dataset, 'columns'>): string[] {
  return columns.filter(({ decimal }) => decimal === true).map(({ name }) => name)
}

/** True for a dataset that has a view of its totals. */
export function hasTotals(dataset: Dataset): boolean {
  return summedColumns(dataset).length > 0
}

export function exactTotals(datasets: readonly Dataset[]): string {
  return `
-- One view for each dataset with totals: one row per enrollment, period and column. Run again after an update that adds columns.
--   [total] + [remainder]  the exact sum; [remainder] has what follows the 18th decimal place
--   [leftOut]              values that are in neither, because they are no numbers or too long
-- ISNULL instead of COALESCE, which would round the remainder to the scale that leaves room for a whole number.
-- Where [exact] has the text of a value, the text is summed; otherwise the typed column, which then has every digit.
-- Always give a [period]: without it, these views read all files of the dataset.
USE [${DATABASE}];
GO
${datasets.filter(hasTotals).map(totalsOf).join('\n')}`
}

function totalsOf(dataset: Dataset): string {
  const values = summedColumns(dataset).map(
    (name) => `    ('${name}', r.[${name}], JSON_VALUE(r.[exact], '$.${name}'))`,
  )
  return `CREATE OR ALTER VIEW [exact].[${dataset.name}_totals] AS
SELECT
    r.[enrollment],
    r.[period],
    c.[column],
    COUNT_BIG(*) AS [rows],
    ISNULL(SUM(CASE WHEN c.[text] IS NULL THEN c.[value] ELSE n.[upper] END), 0) AS [total],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN c.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[${dataset.name}] AS r
CROSS APPLY (VALUES
${values.join(',\n')}
) AS c ([column], [value], [text])
OUTER APPLY [exact].[number](c.[text]) AS n
GROUP BY r.[enrollment], r.[period], c.[column];
GO
`
}
