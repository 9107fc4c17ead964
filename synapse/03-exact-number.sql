-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- [exact].[number](text) is the value of a number's text, in two parts whose sum it is:
--   [upper]  decimal(38,18): the digits up to the 18th decimal place
--   [lower]  decimal(38,38): the 19th to the 38th decimal place
-- Both are null for a text that is no number, or that has more digits (over 20 before the point, or over 38 behind it).
-- CAST alone would round, and rejects exponents (1.5E-05).
USE [billing];
GO
DROP FUNCTION IF EXISTS [exact].[number];
GO
CREATE FUNCTION [exact].[number] (@text varchar(8000))
RETURNS TABLE
AS RETURN
SELECT
    CASE WHEN v.[isExact] = 1 THEN v.[upper] END AS [upper],
    CASE WHEN v.[isExact] = 1 AND v.[upper] IS NOT NULL THEN v.[lower] END AS [lower]
FROM (
    SELECT
        CASE WHEN @text LIKE '-%' THEN '-' ELSE '' END AS [sign],
        CHARINDEX('e', LOWER(@text) + 'e') AS [e]
) AS s
CROSS APPLY (
    SELECT
        SUBSTRING(@text, LEN(s.[sign]) + 1, s.[e] - LEN(s.[sign]) - 1) AS [mantissa],
        -- Without an exponent, the text is empty, and CAST makes 0 of it.
        TRY_CAST(SUBSTRING(@text, s.[e] + 1, 8000) AS int) AS [exponent]
) AS m
CROSS APPLY (
    SELECT
        LEFT(m.[mantissa], CHARINDEX('.', m.[mantissa] + '.') - 1) AS [whole],
        SUBSTRING(m.[mantissa], CHARINDEX('.', m.[mantissa] + '.') + 1, 8000) AS [fraction],
        CASE WHEN LEN(@text) <= 1000 AND m.[exponent] BETWEEN -1000 AND 1000 THEN m.[exponent] END AS [exponent]
) AS p
CROSS APPLY (
    SELECT
        p.[whole] + p.[fraction] AS [digits],
        -- How many digits are before the point; may be negative, or more than there are.
        LEN(p.[whole]) + p.[exponent] AS [point]
) AS d
CROSS APPLY (
    SELECT
        CASE WHEN d.[point] < 1 THEN 1 ELSE d.[point] END AS [point],
        REPLICATE('0', CASE WHEN d.[point] < 1 THEN 1 - d.[point] ELSE 0 END)
            + d.[digits]
            + REPLICATE('0', CASE WHEN d.[point] > LEN(d.[digits]) THEN d.[point] - LEN(d.[digits]) ELSE 0 END) AS [digits]
) AS z
CROSS APPLY (
    SELECT
        LEFT(z.[digits], z.[point]) AS [whole],
        SUBSTRING(z.[digits], z.[point] + 1, 8000) + REPLICATE('0', 38) AS [fraction]
) AS t
CROSS APPLY (
    SELECT
        TRY_CAST(s.[sign] + t.[whole] + '.' + LEFT(t.[fraction], 18) AS decimal(38,18)) AS [upper],
        TRY_CAST(s.[sign] + '0.' + REPLICATE('0', 18) + SUBSTRING(t.[fraction], 19, 20) AS decimal(38,38)) AS [lower],
        CASE
            WHEN m.[mantissa] LIKE '[0-9]%' AND m.[mantissa] LIKE '%[0-9]'
                AND m.[mantissa] NOT LIKE '%[^0-9.]%'
                AND m.[mantissa] NOT LIKE '%.%.%'
                AND m.[mantissa] NOT LIKE '0[0-9]%'
                AND SUBSTRING(t.[fraction], 39, 8000) NOT LIKE '%[^0]%'
            THEN 1 ELSE 0
        END AS [isExact]
) AS v;
GO
