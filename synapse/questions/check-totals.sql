-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- Are the sums of the rows the totals of the newest snapshots, to the last digit? One result per dataset.
-- Where [check] is "differs", a snapshot may have been taken between the two reads: run it again. Rows whose value is no JSON
-- number are not in the snapshot's total, but counted in [snapshotLeftOut].
USE [billing];
GO
DECLARE @period varchar(6) = '202611';

WITH newest AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number] DESC) AS [age]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = 'balancesummary' AND s.[period] = @period
), said AS (
    SELECT s.[enrollment], s.[period], s.[number], s.[rows], s.[leftOut], c.[column], c.[text], n.[upper], n.[lower]
    FROM newest AS s
    CROSS APPLY (VALUES
        ('beginningBalance', JSON_VALUE(s.[totals], '$.beginningBalance')),
        ('endingBalance', JSON_VALUE(s.[totals], '$.endingBalance')),
        ('newPurchases', JSON_VALUE(s.[totals], '$.newPurchases')),
        ('adjustments', JSON_VALUE(s.[totals], '$.adjustments')),
        ('utilized', JSON_VALUE(s.[totals], '$.utilized')),
        ('serviceOverage', JSON_VALUE(s.[totals], '$.serviceOverage')),
        ('chargesBilledSeparately', JSON_VALUE(s.[totals], '$.chargesBilledSeparately')),
        ('totalOverage', JSON_VALUE(s.[totals], '$.totalOverage')),
        ('totalUsage', JSON_VALUE(s.[totals], '$.totalUsage')),
        ('azureMarketplaceServiceCharges', JSON_VALUE(s.[totals], '$.azureMarketplaceServiceCharges'))
    ) AS c ([column], [text])
    OUTER APPLY [exact].[number](c.[text]) AS n
    WHERE s.[age] = 1
)
SELECT
    'balancesummary' AS [dataset], said.[enrollment], said.[period], said.[number], said.[column],
    said.[text] AS [snapshotTotal], t.[total], t.[remainder],
    said.[rows] AS [snapshotRows], t.[rows], said.[leftOut] AS [snapshotLeftOut], t.[leftOut],
    -- A difference of 1 or more has no place in decimal(38,38), so that TRY_CAST returns null.
    CASE WHEN said.[rows] = t.[rows]
        AND TRY_CAST(said.[upper] - t.[total] AS decimal(38,38)) + (said.[lower] - t.[remainder]) = CAST(0 AS decimal(38,38))
        THEN 'equal' ELSE 'differs' END AS [check]
FROM said
LEFT JOIN [exact].[balancesummary_totals] AS t
    ON t.[enrollment] = said.[enrollment] AND t.[period] = said.[period] AND t.[column] = said.[column]
    AND t.[period] = @period
ORDER BY said.[enrollment], said.[column];

WITH newest AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number] DESC) AS [age]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = 'usagedetails' AND s.[period] = @period
), said AS (
    SELECT s.[enrollment], s.[period], s.[number], s.[rows], s.[leftOut], c.[column], c.[text], n.[upper], n.[lower]
    FROM newest AS s
    CROSS APPLY (VALUES
        ('cost', JSON_VALUE(s.[totals], '$.cost')),
        ('consumedQuantity', JSON_VALUE(s.[totals], '$.consumedQuantity'))
    ) AS c ([column], [text])
    OUTER APPLY [exact].[number](c.[text]) AS n
    WHERE s.[age] = 1
)
SELECT
    'usagedetails' AS [dataset], said.[enrollment], said.[period], said.[number], said.[column],
    said.[text] AS [snapshotTotal], t.[total], t.[remainder],
    said.[rows] AS [snapshotRows], t.[rows], said.[leftOut] AS [snapshotLeftOut], t.[leftOut],
    -- A difference of 1 or more has no place in decimal(38,38), so that TRY_CAST returns null.
    CASE WHEN said.[rows] = t.[rows]
        AND TRY_CAST(said.[upper] - t.[total] AS decimal(38,38)) + (said.[lower] - t.[remainder]) = CAST(0 AS decimal(38,38))
        THEN 'equal' ELSE 'differs' END AS [check]
FROM said
LEFT JOIN [exact].[usagedetails_totals] AS t
    ON t.[enrollment] = said.[enrollment] AND t.[period] = said.[period] AND t.[column] = said.[column]
    AND t.[period] = @period
ORDER BY said.[enrollment], said.[column];

WITH newest AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number] DESC) AS [age]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = 'marketplacecharges' AND s.[period] = @period
), said AS (
    SELECT s.[enrollment], s.[period], s.[number], s.[rows], s.[leftOut], c.[column], c.[text], n.[upper], n.[lower]
    FROM newest AS s
    CROSS APPLY (VALUES
        ('consumedQuantity', JSON_VALUE(s.[totals], '$.consumedQuantity')),
        ('extendedCost', JSON_VALUE(s.[totals], '$.extendedCost'))
    ) AS c ([column], [text])
    OUTER APPLY [exact].[number](c.[text]) AS n
    WHERE s.[age] = 1
)
SELECT
    'marketplacecharges' AS [dataset], said.[enrollment], said.[period], said.[number], said.[column],
    said.[text] AS [snapshotTotal], t.[total], t.[remainder],
    said.[rows] AS [snapshotRows], t.[rows], said.[leftOut] AS [snapshotLeftOut], t.[leftOut],
    -- A difference of 1 or more has no place in decimal(38,38), so that TRY_CAST returns null.
    CASE WHEN said.[rows] = t.[rows]
        AND TRY_CAST(said.[upper] - t.[total] AS decimal(38,38)) + (said.[lower] - t.[remainder]) = CAST(0 AS decimal(38,38))
        THEN 'equal' ELSE 'differs' END AS [check]
FROM said
LEFT JOIN [exact].[marketplacecharges_totals] AS t
    ON t.[enrollment] = said.[enrollment] AND t.[period] = said.[period] AND t.[column] = said.[column]
    AND t.[period] = @period
ORDER BY said.[enrollment], said.[column];

WITH newest AS (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.[enrollment], s.[period] ORDER BY s.[number] DESC) AS [age]
    FROM [parquet].[snapshots] AS s
    WHERE s.[dataset] = 'pricesheet' AND s.[period] = @period
), said AS (
    SELECT s.[enrollment], s.[period], s.[number], s.[rows], s.[leftOut], c.[column], c.[text], n.[upper], n.[lower]
    FROM newest AS s
    CROSS APPLY (VALUES
        ('includedQuantity', JSON_VALUE(s.[totals], '$.includedQuantity')),
        ('unitPrice', JSON_VALUE(s.[totals], '$.unitPrice'))
    ) AS c ([column], [text])
    OUTER APPLY [exact].[number](c.[text]) AS n
    WHERE s.[age] = 1
)
SELECT
    'pricesheet' AS [dataset], said.[enrollment], said.[period], said.[number], said.[column],
    said.[text] AS [snapshotTotal], t.[total], t.[remainder],
    said.[rows] AS [snapshotRows], t.[rows], said.[leftOut] AS [snapshotLeftOut], t.[leftOut],
    -- A difference of 1 or more has no place in decimal(38,38), so that TRY_CAST returns null.
    CASE WHEN said.[rows] = t.[rows]
        AND TRY_CAST(said.[upper] - t.[total] AS decimal(38,38)) + (said.[lower] - t.[remainder]) = CAST(0 AS decimal(38,38))
        THEN 'equal' ELSE 'differs' END AS [check]
FROM said
LEFT JOIN [exact].[pricesheet_totals] AS t
    ON t.[enrollment] = said.[enrollment] AND t.[period] = said.[period] AND t.[column] = said.[column]
    AND t.[period] = @period
ORDER BY said.[enrollment], said.[column];
