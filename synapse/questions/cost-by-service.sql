-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- What did each service cost, month by month?
-- Costs are rounded at the 18th decimal place; exact-cost.sql has every digit.
USE [billing];
GO
SELECT s.[enrollment], s.[period], s.[service], SUM(s.[cost]) AS [cost], SUM(s.[rows]) AS [rows]
FROM [parquet].[summary] AS s
WHERE s.[dataset] = 'usagedetails' AND s.[period] BETWEEN '202601' AND '202612'
GROUP BY s.[enrollment], s.[period], s.[service]
ORDER BY s.[enrollment], s.[period], [cost] DESC;
