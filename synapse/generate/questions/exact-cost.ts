import type { Dataset } from '../../../shared/datasets/dataset.ts'
import type { Question } from './question.ts'

export function exactCost(datasets: readonly Dataset[]): Question {
  return {
    name: 'exact-cost',
    about: `
-- What did each service cost in a month, to the last digit? The exact sum is [cost] + [remainder].
-- The pattern suits any decimal column and any grouping: where [exact] has the text of a value, sum the text.`,
    query: datasets.flatMap(exactCostOf).join('\n'),
  }
}

function exactCostOf({ name, summary, costColumn }: Dataset): string[] {
  if (summary === null || costColumn === null) return []
  return [
    `SELECT
    r.[enrollment],
    r.[${summary.service}],
    ISNULL(SUM(CASE WHEN x.[text] IS NULL THEN r.[${costColumn}] ELSE n.[upper] END), 0) AS [cost],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN x.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[${name}] AS r
CROSS APPLY (SELECT JSON_VALUE(r.[exact], '$.${costColumn}') AS [text]) AS x
OUTER APPLY [exact].[number](x.[text]) AS n
WHERE r.[period] = '202611'
GROUP BY r.[enrollment], r.[${summary.service}]
ORDER BY [cost] DESC;
`,
  ]
}
