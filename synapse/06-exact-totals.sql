-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- One view for each dataset with totals: one row per enrollment, period and column. Run again after an update that adds columns.
--   [total] + [remainder]  the exact sum; [remainder] has what follows the 18th decimal place
--   [leftOut]              values that are in neither, because they are no numbers or too long
-- ISNULL instead of COALESCE, which would round the remainder to the scale that leaves room for a whole number.
-- Where [exact] has the text of a value, the text is summed; otherwise the typed column, which then has every digit.
-- Always give a [period]: without it, these views read all files of the dataset.
USE [billing];
GO
CREATE OR ALTER VIEW [exact].[balancesummary_totals] AS
SELECT
    r.[enrollment],
    r.[period],
    c.[column],
    COUNT_BIG(*) AS [rows],
    ISNULL(SUM(CASE WHEN c.[text] IS NULL THEN c.[value] ELSE n.[upper] END), 0) AS [total],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN c.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[balancesummary] AS r
CROSS APPLY (VALUES
    ('beginningBalance', r.[beginningBalance], JSON_VALUE(r.[exact], '$.beginningBalance')),
    ('endingBalance', r.[endingBalance], JSON_VALUE(r.[exact], '$.endingBalance')),
    ('newPurchases', r.[newPurchases], JSON_VALUE(r.[exact], '$.newPurchases')),
    ('adjustments', r.[adjustments], JSON_VALUE(r.[exact], '$.adjustments')),
    ('utilized', r.[utilized], JSON_VALUE(r.[exact], '$.utilized')),
    ('serviceOverage', r.[serviceOverage], JSON_VALUE(r.[exact], '$.serviceOverage')),
    ('chargesBilledSeparately', r.[chargesBilledSeparately], JSON_VALUE(r.[exact], '$.chargesBilledSeparately')),
    ('totalOverage', r.[totalOverage], JSON_VALUE(r.[exact], '$.totalOverage')),
    ('totalUsage', r.[totalUsage], JSON_VALUE(r.[exact], '$.totalUsage')),
    ('azureMarketplaceServiceCharges', r.[azureMarketplaceServiceCharges], JSON_VALUE(r.[exact], '$.azureMarketplaceServiceCharges'))
) AS c ([column], [value], [text])
OUTER APPLY [exact].[number](c.[text]) AS n
GROUP BY r.[enrollment], r.[period], c.[column];
GO

CREATE OR ALTER VIEW [exact].[usagedetails_totals] AS
SELECT
    r.[enrollment],
    r.[period],
    c.[column],
    COUNT_BIG(*) AS [rows],
    ISNULL(SUM(CASE WHEN c.[text] IS NULL THEN c.[value] ELSE n.[upper] END), 0) AS [total],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN c.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[usagedetails] AS r
CROSS APPLY (VALUES
    ('cost', r.[cost], JSON_VALUE(r.[exact], '$.cost')),
    ('consumedQuantity', r.[consumedQuantity], JSON_VALUE(r.[exact], '$.consumedQuantity'))
) AS c ([column], [value], [text])
OUTER APPLY [exact].[number](c.[text]) AS n
GROUP BY r.[enrollment], r.[period], c.[column];
GO

CREATE OR ALTER VIEW [exact].[marketplacecharges_totals] AS
SELECT
    r.[enrollment],
    r.[period],
    c.[column],
    COUNT_BIG(*) AS [rows],
    ISNULL(SUM(CASE WHEN c.[text] IS NULL THEN c.[value] ELSE n.[upper] END), 0) AS [total],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN c.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[marketplacecharges] AS r
CROSS APPLY (VALUES
    ('consumedQuantity', r.[consumedQuantity], JSON_VALUE(r.[exact], '$.consumedQuantity')),
    ('extendedCost', r.[extendedCost], JSON_VALUE(r.[exact], '$.extendedCost'))
) AS c ([column], [value], [text])
OUTER APPLY [exact].[number](c.[text]) AS n
GROUP BY r.[enrollment], r.[period], c.[column];
GO

CREATE OR ALTER VIEW [exact].[pricesheet_totals] AS
SELECT
    r.[enrollment],
    r.[period],
    c.[column],
    COUNT_BIG(*) AS [rows],
    ISNULL(SUM(CASE WHEN c.[text] IS NULL THEN c.[value] ELSE n.[upper] END), 0) AS [total],
    ISNULL(SUM(n.[lower]), 0) AS [remainder],
    SUM(CASE WHEN c.[text] IS NOT NULL AND n.[upper] IS NULL THEN 1 ELSE 0 END) AS [leftOut]
FROM [parquet].[pricesheet] AS r
CROSS APPLY (VALUES
    ('includedQuantity', r.[includedQuantity], JSON_VALUE(r.[exact], '$.includedQuantity')),
    ('unitPrice', r.[unitPrice], JSON_VALUE(r.[exact], '$.unitPrice'))
) AS c ([column], [value], [text])
OUTER APPLY [exact].[number](c.[text]) AS n
GROUP BY r.[enrollment], r.[period], c.[column];
GO
