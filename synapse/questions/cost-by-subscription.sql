-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- What did each subscription cost in a month, Marketplace charges included?
USE [billing];
GO
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
ORDER BY [cost] DESC;
