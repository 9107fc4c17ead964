import type { Question } from './question.ts'

export const restatements: Question = {
  name: 'restatements',
  about: `
-- Which snapshots changed the cost of a month, when, and by how much? [wasSettled]: the month had been final before.`,
  query: `
WITH history AS (
    SELECT
        s.[enrollment], s.[period], s.[number], s.[takenAt], s.[rows], s.[cost],
        LAG(s.[rows]) OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number]) AS [rowsBefore],
        LAG(s.[cost]) OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number]) AS [costBefore],
        LAG(s.[settled]) OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number]) AS [wasSettled]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = 'usagedetails'
)
SELECT
    [enrollment], [period], [number], [takenAt], [wasSettled],
    [costBefore], [cost], [cost] - [costBefore] AS [change], [rows] - [rowsBefore] AS [moreRows]
FROM history
WHERE [costBefore] <> [cost]
ORDER BY [enrollment], [period], [number];`,
}
