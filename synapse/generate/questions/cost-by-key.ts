/** Sums of the table `summary`, which is much smaller than the rows. */
import type { Question } from './question.ts'

export const costByService: Question = {
  name: 'cost-by-service',
  about: `
-- What did each service cost, month by month?
-- Costs are rounded at the 18th decimal place; exact-cost.sql has every digit.`,
  query: `
SELECT s.[enrollment], s.[period], s.[service], SUM(s.[cost]) AS [cost], SUM(s.[rows]) AS [rows]
FROM [parquet].[summary] AS s
WHERE s.[dataset] = 'usagedetails' AND s.[period] BETWEEN '202601' AND '202612'
GROUP BY s.[enrollment], s.[period], s.[service]
ORDER BY s.[enrollment], s.[period], [cost] DESC;`,
}

export const costBySubscription: Question = {
  name: 'cost-by-subscription',
  about: `
-- What did each subscription cost in a month, Marketplace charges included?`,
  query: `
SELECT
    s.[enrollment],
    s.[subscriptionGuid],
    MAX(s.[subscriptionName]) AS [subscriptionName],
    SUM(CASE WHEN s.[dataset] = 'usagedetails' THEN s.[cost] END) AS [usage],
    SUM(CASE WHEN s.[dataset] = 'marketplacecharges' THEN s.[cost] END) AS [marketplace],
    SUM(s.[cost]) AS [cost]
FROM [parquet].[summary] AS s
WHERE s.[period] = '202611'
GROUP BY s.[enrollment], s.[subscriptionGuid]
ORDER BY [cost] DESC;`,
}
