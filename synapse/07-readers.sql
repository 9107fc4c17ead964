-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- Run once for every user or group that queries the views. Replace <reader> by the name of a group in Microsoft Entra ID, or by a
-- user's principal name. Administrators of the workspace need none of this.
-- Names can't be variables in these statements, so that they are put together as texts.
DECLARE @reader nvarchar(128) = N'<reader>';
DECLARE @name nvarchar(258) = QUOTENAME(@reader);
DECLARE @sql nvarchar(1000);

USE [master];
SET @sql = N'CREATE LOGIN ' + @name + N' FROM EXTERNAL PROVIDER';
EXEC (@sql);

USE [billing];
SET @sql = N'CREATE USER ' + @name + N' FROM LOGIN ' + @name;
EXEC (@sql);

-- OPENROWSET needs the last two, although it is used in views only.
SET @sql = N'GRANT SELECT ON SCHEMA::[parquet] TO ' + @name;
EXEC (@sql);
SET @sql = N'GRANT SELECT ON SCHEMA::[csv] TO ' + @name;
EXEC (@sql);
SET @sql = N'GRANT SELECT ON SCHEMA::[exact] TO ' + @name;
EXEC (@sql);
SET @sql = N'GRANT ADMINISTER DATABASE BULK OPERATIONS TO ' + @name;
EXEC (@sql);
SET @sql = N'GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::[workspace_identity] TO ' + @name;
EXEC (@sql);
