/** Database and access to the view's account. */
import { containers } from '../../shared/format/layout.ts'
import { COLLATION, CREDENTIAL, DATA_SOURCE, DATABASE, SCHEMAS } from './names.ts'

export function createDatabase(): string {
  return `
-- Run once, in the database master.
-- With another collation, texts in UTF-8 would be converted, and conditions on them would read every row group.
-- This one compares bytes, so names of views and columns are case-sensitive, too.
CREATE DATABASE [${DATABASE}] COLLATE ${COLLATION};
`
}

export function dataSource(): string {
  return `
-- Run once. Replace the two placeholders first; no other script names the account:
--   <password>  protects the key that encrypts the database's credentials; store it like other passwords
--   <account>   the account of the view, without ".dfs.core.windows.net"
USE [${DATABASE}];
GO
CREATE MASTER KEY ENCRYPTION BY PASSWORD = '<password>';
GO
-- The managed identity of the workspace. It needs "Storage Blob Data Reader" on the container ${containers.current}.
CREATE DATABASE SCOPED CREDENTIAL [${CREDENTIAL}] WITH IDENTITY = 'Managed Identity';
GO
CREATE EXTERNAL DATA SOURCE [${DATA_SOURCE}] WITH (
    LOCATION = 'https://<account>.dfs.core.windows.net/${containers.current}',
    CREDENTIAL = [${CREDENTIAL}]
);
GO
${SCHEMAS.map((name) => `CREATE SCHEMA [${name}];\nGO`).join('\n')}
`
}
