import type { Dataset } from '../../../shared/datasets/dataset.ts'
import { hasTotals, summedColumns } from '../exact-totals.ts'
import type { Question } from './question.ts'

export function checkTotals(datasets: readonly Dataset[]): Question {
  return {
    name: 'check-totals',
    about: `
-- Are the sums of the rows the totals of the newest snapshots, to the last digit? One result per dataset.
-- Where [check] is "differs", a snapshot may have been taken between the two reads: run it again. Rows whose value is no JSON
-- number are not in the snapshot's total, but counted in [snapshotLeftOut].`,
    query: `DECLARE @period varchar(6) = '202611';
${datasets.filter(hasTotals).map(checkOf).join('')}`,
  }
}

function checkOf(dataset: Dataset): string {
  const totals = summedColumns(dataset).map(
    (name) => `    ('${name}', JSON_VALUE(s.[totals], '$.${name}'))`,
  )
  return `
WITH newest AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number] DESC) AS [age]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = '${dataset.name}' AND s.[period] = @period
), said AS (
    SELECT s.[enrollment], s.[period], s.[number], s.[rows], s.[leftOut], c.[column], c.[text], n.[upper], n.[lower]
    FROM newest AS s
    CROSS APPLY (VALUES
${totals.join(',\n').replaceAll('    (', '        (')}
    ) AS c ([column], [text])
    OUTER APPLY [exact].[number](c.[text]) AS n
    WHERE s.[age] = 1
)
SELECT
    '${dataset.name}' AS [dataset], said.[enrollment], said.[period], said.[number], said.[column],
    said.[text] AS [snapshotTotal], t.[total], t.[remainder],
    said.[rows] AS [snapshotRows], t.[rows], said.[leftOut] AS [snapshotLeftOut], t.[leftOut],
    -- A difference of 1 or more has no place in decimal(38,38), so that TRY_CAST returns null.
    CASE WHEN said.[rows] = t.[rows]
        AND TRY_CAST(said.[upper] - t.[total] AS decimal(38,38)) + (said.[lower] - t.[remainder]) = CAST(0 AS decimal(38,38))
        THEN 'equal' ELSE 'differs' END AS [check]
FROM said
LEFT JOIN [exact].[${dataset.name}_totals] AS t
    ON t.[enrollment] = said.[enrollment] AND t.[period] = said.[period] AND t.[column] = said.[column]
    AND t.[period] = @period
ORDER BY said.[enrollment], said.[column];
`
}
