-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- Run once. Replace the two placeholders first; no other script names the account:
--   <password>  protects the key that encrypts the database's credentials; store it like other passwords
--   <account>   the account of the view, without ".dfs.core.windows.net"
USE [billing];
GO
CREATE MASTER KEY ENCRYPTION BY PASSWORD = '<password>';
GO
-- The managed identity of the workspace. It needs "Storage Blob Data Reader" on the container billing-current.
CREATE DATABASE SCOPED CREDENTIAL [workspace_identity] WITH IDENTITY = 'Managed Identity';
GO
CREATE EXTERNAL DATA SOURCE [billing_view] WITH (
    LOCATION = 'https://<account>.dfs.core.windows.net/billing-current',
    CREDENTIAL = [workspace_identity]
);
GO
CREATE SCHEMA [parquet];
GO
CREATE SCHEMA [csv];
GO
CREATE SCHEMA [exact];
GO
