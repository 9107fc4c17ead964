-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- What did each service cost in a month, to the last digit? The exact sum is [cost] + [remainder].
-- The pattern suits any decimal column and any grouping: where [exact] has the text of a value, sum the text.
USE [billing];
GO
SELECT
    r.[enrollment],
    r.[meterCategory],
    ISNULL(SUM(CASE WHEN x.[text] IS NULL THEN r.[cost] ELSE n.[upper] END), 0) AS [cost],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN x.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[usagedetails] AS r
CROSS APPLY (SELECT JSON_VALUE(r.[exact], '$.cost') AS [text]) AS x
OUTER APPLY [exact].[number](x.[text]) AS n
WHERE r.[period] = '202611'
GROUP BY r.[enrollment], r.[meterCategory]
ORDER BY [cost] DESC;

SELECT
    r.[enrollment],
    r.[offerName],
    ISNULL(SUM(CASE WHEN x.[text] IS NULL THEN r.[extendedCost] ELSE n.[upper] END), 0) AS [cost],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN x.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[marketplacecharges] AS r
CROSS APPLY (SELECT JSON_VALUE(r.[exact], '$.extendedCost') AS [text]) AS x
OUTER APPLY [exact].[number](x.[text]) AS n
WHERE r.[period] = '202611'
GROUP BY r.[enrollment], r.[offerName]
ORDER BY [cost] DESC;
