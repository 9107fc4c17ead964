-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- Where does quantity × rate differ from the cost by a cent or more?
-- The product of two decimal(38,18) keeps only 6 decimal places, so cast both first: decimal(18,9) × decimal(19,9) is
-- decimal(38,18). The casts round at the 9th decimal place, and make the query fail if a value has more than 9 or 10 digits
-- before the point.
USE [billing];
GO
SELECT
    r.[enrollment], r.[date], r.[instanceId], r.[meterName], r.[consumedQuantity], r.[resourceRate], r.[cost], p.[product]
FROM [parquet].[usagedetails] AS r
CROSS APPLY (
    SELECT CAST(r.[consumedQuantity] AS decimal(18,9)) * CAST(r.[resourceRate] AS decimal(19,9)) AS [product]
) AS p
WHERE r.[period] = '202611' AND ABS(p.[product] - r.[cost]) >= 0.01
ORDER BY ABS(r.[cost]) DESC;
