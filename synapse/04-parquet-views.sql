-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- One view per dataset, and the tables summary and snapshots. Run again after an update of Billing Archive that adds columns.
-- [exact] is null, or a JSON object with the texts that the typed columns of this row can't represent.
-- Conditions on [enrollment], [period] and (of the tables) [dataset] choose folders; other files are not read.
-- Lengths are bytes of UTF-8. A query that reads a longer text fails; raise the length here.
USE [billing];
GO
CREATE OR ALTER VIEW [parquet].[billingperiods] AS
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
    r.[otherFields],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/billingperiods/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingStart] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingEnd] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [balanceSummary] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [usageDetails] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [marketplaceCharges] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [priceSheet] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[balancesummary] AS
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
    r.[otherFields],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/balancesummary/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [currencyCode] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [beginningBalance] decimal(38,18),
    [endingBalance] decimal(38,18),
    [newPurchases] decimal(38,18),
    [adjustments] decimal(38,18),
    [utilized] decimal(38,18),
    [serviceOverage] decimal(38,18),
    [chargesBilledSeparately] decimal(38,18),
    [totalOverage] decimal(38,18),
    [totalUsage] decimal(38,18),
    [azureMarketplaceServiceCharges] decimal(38,18),
    [newPurchasesDetails] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [adjustmentDetails] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[usagedetails] AS
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
    r.[otherFields],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/usagedetails/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [serviceName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceTier] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [location] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [chargesBilledSeparately] bit,
    [partNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [offerId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [cost] decimal(38,18),
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
    [date] date,
    [product] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterCategory] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterSubCategory] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterRegion] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedQuantity] decimal(38,18),
    [resourceRate] decimal(38,18),
    [resourceLocation] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [consumedService] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [instanceId] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceInfo1] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [serviceInfo2] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [additionalInfo] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [tags] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [storeServiceIdentifier] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [departmentName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [costCenter] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitOfMeasure] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGroup] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[marketplacecharges] AS
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
    r.[otherFields],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/marketplacecharges/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [usageStartDate] date,
    [usageEndDate] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [offerName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [resourceGroup] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [instanceId] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [additionalInfo] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [tags] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
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
    [consumedQuantity] decimal(38,18),
    [resourceRate] decimal(38,18),
    [extendedCost] decimal(38,18),
    [otherFields] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[pricesheet] AS
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
    r.[otherFields],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/pricesheet/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [id] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriodId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterId] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [meterName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitOfMeasure] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [includedQuantity] decimal(38,18),
    [partNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [unitPrice] decimal(38,18),
    [currencyCode] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [otherFields] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[summary] AS
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
    CAST(r.[rows] AS bigint) AS [rows],
    r.[cost],
    CAST(r.[leftOut] AS bigint) AS [leftOut],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/summary/*/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [enrollmentNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriod] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [date] date,
    [service] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionGuid] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [subscriptionName] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [rows] decimal(38,18),
    [cost] decimal(38,18),
    [leftOut] decimal(38,18),
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO

CREATE OR ALTER VIEW [parquet].[snapshots] AS
SELECT
    r.filepath(1) AS [dataset],
    r.filepath(2) AS [enrollment],
    r.filepath(3) AS [period],
    r.[source],
    r.[enrollmentNumber],
    r.[billingPeriod],
    CAST(r.[number] AS bigint) AS [number],
    r.[takenAt],
    r.[settled],
    CAST(r.[rows] AS bigint) AS [rows],
    r.[cost],
    r.[totals],
    r.[leftOut],
    r.[contentSha256],
    r.[manifestSha256],
    r.[exact]
FROM OPENROWSET(
    BULK 'parquet/snapshots/*/enrollment=*/period=*/data.parquet',
    DATA_SOURCE = 'billing_view',
    FORMAT = 'PARQUET'
) WITH (
    [source] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [enrollmentNumber] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [billingPeriod] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [number] decimal(38,18),
    [takenAt] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [settled] bit,
    [rows] decimal(38,18),
    [cost] decimal(38,18),
    [totals] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [leftOut] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8,
    [contentSha256] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [manifestSha256] varchar(1024) COLLATE Latin1_General_100_BIN2_UTF8,
    [exact] varchar(max) COLLATE Latin1_General_100_BIN2_UTF8
) AS r;
GO
