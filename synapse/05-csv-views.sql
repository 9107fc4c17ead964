-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- The same over CSV, where every column is the text as it was sent. Prefer Parquet; these views are for looking at a text.
-- Limits of parser 2.0:
--   A field has at most 8,000 characters and a row at most 8 MB; a query that reads more fails.
--   It reads dates only as yyyy-MM-dd, and the usage dates of the archive have a time: convert with CAST(LEFT(date, 10) AS date).
--   It reads a file in pieces; no documentation promises that it recognizes a line break within quotes.
--   Numbers may have exponents (1.5E-05), which CAST AS decimal rejects: use [exact].[number].
-- A query fails if a file is replaced while it is read: run it again. Never set ALLOW_INCONSISTENT_READS, which is for files
-- that are only appended to; rows of two versions would be mixed.
-- An empty text is '', null is NULL.
USE [billing];
GO
CREATE OR ALTER VIEW [csv].[billingperiods] AS
SELECT
    r.filepath(1) AS [enrollment],
    r.filepath(2) AS [period],
    r.[billingPeriodId],
    r.[billingStart],
    r.[billingEnd],
    r.[balanceSummary],
    r.[usageDetails],
    r.[marketplaceCharges],
    r.[priceSheet],
    r.[otherFields]
FROM OPENROWSET(
    BULK 'csv/billingperiods/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingStart] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingEnd] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [balanceSummary] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [usageDetails] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [marketplaceCharges] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [priceSheet] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[balancesummary] AS
SELECT
    r.filepath(1) AS [enrollment],
    r.filepath(2) AS [period],
    r.[id],
    r.[billingPeriodId],
    r.[currencyCode],
    r.[beginningBalance],
    r.[endingBalance],
    r.[newPurchases],
    r.[adjustments],
    r.[utilized],
    r.[serviceOverage],
    r.[chargesBilledSeparately],
    r.[totalOverage],
    r.[totalUsage],
    r.[azureMarketplaceServiceCharges],
    r.[newPurchasesDetails],
    r.[adjustmentDetails],
    r.[otherFields]
FROM OPENROWSET(
    BULK 'csv/balancesummary/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [currencyCode] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [beginningBalance] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [endingBalance] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [newPurchases] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [adjustments] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [utilized] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceOverage] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [chargesBilledSeparately] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [totalOverage] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [totalUsage] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [azureMarketplaceServiceCharges] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [newPurchasesDetails] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [adjustmentDetails] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[usagedetails] AS
SELECT
    r.filepath(1) AS [enrollment],
    r.filepath(2) AS [period],
    r.[serviceName],
    r.[serviceTier],
    r.[location],
    r.[chargesBilledSeparately],
    r.[partNumber],
    r.[resourceGuid],
    r.[offerId],
    r.[cost],
    r.[accountId],
    r.[productId],
    r.[resourceLocationId],
    r.[consumedServiceId],
    r.[departmentId],
    r.[accountOwnerEmail],
    r.[accountName],
    r.[serviceAdministratorId],
    r.[subscriptionId],
    r.[subscriptionGuid],
    r.[subscriptionName],
    r.[date],
    r.[product],
    r.[meterId],
    r.[meterCategory],
    r.[meterSubCategory],
    r.[meterRegion],
    r.[meterName],
    r.[consumedQuantity],
    r.[resourceRate],
    r.[resourceLocation],
    r.[consumedService],
    r.[instanceId],
    r.[serviceInfo1],
    r.[serviceInfo2],
    r.[additionalInfo],
    r.[tags],
    r.[storeServiceIdentifier],
    r.[departmentName],
    r.[costCenter],
    r.[unitOfMeasure],
    r.[resourceGroup],
    r.[otherFields]
FROM OPENROWSET(
    BULK 'csv/usagedetails/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [serviceName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceTier] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [location] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [chargesBilledSeparately] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [partNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [offerId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [cost] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [productId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceLocationId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedServiceId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [departmentId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountOwnerEmail] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceAdministratorId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [date] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [product] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterCategory] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterSubCategory] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterRegion] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedQuantity] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceRate] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceLocation] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedService] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [instanceId] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceInfo1] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceInfo2] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [additionalInfo] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [tags] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [storeServiceIdentifier] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [departmentName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [costCenter] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitOfMeasure] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGroup] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[marketplacecharges] AS
SELECT
    r.filepath(1) AS [enrollment],
    r.filepath(2) AS [period],
    r.[id],
    r.[subscriptionGuid],
    r.[subscriptionName],
    r.[meterId],
    r.[usageStartDate],
    r.[usageEndDate],
    r.[offerName],
    r.[resourceGroup],
    r.[instanceId],
    r.[additionalInfo],
    r.[tags],
    r.[orderNumber],
    r.[unitOfMeasure],
    r.[costCenter],
    r.[accountId],
    r.[accountName],
    r.[accountOwnerId],
    r.[departmentId],
    r.[departmentName],
    r.[publisherName],
    r.[planName],
    r.[consumedQuantity],
    r.[resourceRate],
    r.[extendedCost],
    r.[otherFields]
FROM OPENROWSET(
    BULK 'csv/marketplacecharges/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [usageStartDate] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [usageEndDate] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [offerName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGroup] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [instanceId] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [additionalInfo] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [tags] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [orderNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitOfMeasure] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [costCenter] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [accountOwnerId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [departmentId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [departmentName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [publisherName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [planName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedQuantity] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceRate] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [extendedCost] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[pricesheet] AS
SELECT
    r.filepath(1) AS [enrollment],
    r.filepath(2) AS [period],
    r.[id],
    r.[billingPeriodId],
    r.[meterId],
    r.[meterName],
    r.[unitOfMeasure],
    r.[includedQuantity],
    r.[partNumber],
    r.[unitPrice],
    r.[currencyCode],
    r.[otherFields]
FROM OPENROWSET(
    BULK 'csv/pricesheet/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitOfMeasure] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [includedQuantity] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [partNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitPrice] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [currencyCode] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[summary] AS
SELECT
    r.filepath(1) AS [dataset],
    r.filepath(2) AS [enrollment],
    r.filepath(3) AS [period],
    r.[enrollmentNumber],
    r.[billingPeriod],
    r.[date],
    r.[service],
    r.[subscriptionGuid],
    r.[subscriptionName],
    r.[rows],
    r.[cost],
    r.[leftOut]
FROM OPENROWSET(
    BULK 'csv/summary/*/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [enrollmentNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriod] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [date] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [service] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [rows] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [cost] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [leftOut] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [csv].[snapshots] AS
SELECT
    r.filepath(1) AS [dataset],
    r.filepath(2) AS [enrollment],
    r.filepath(3) AS [period],
    r.[source],
    r.[enrollmentNumber],
    r.[billingPeriod],
    r.[number],
    r.[takenAt],
    r.[settled],
    r.[rows],
    r.[cost],
    r.[totals],
    r.[leftOut],
    r.[contentSha256],
    r.[manifestSha256]
FROM OPENROWSET(
    BULK 'csv/snapshots/*/enrollment=*/period=*/data.csv',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'CSV',
    PARSER_VERSION = '2.0',
    HEADER_ROW = TRUE
) WITH (
    [source] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [enrollmentNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriod] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [number] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [takenAt] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [settled] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [rows] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [cost] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [totals] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [leftOut] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [contentSha256] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [manifestSha256] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO
