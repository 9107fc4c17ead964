/** Rights of the people who query. */
import { CREDENTIAL, DATABASE, SCHEMAS } from './names.ts'

export function readers(): string {
  const grants = [
    ...SCHEMAS.map((name) => `SELECT ON SCHEMA::[${name}]`),
    'ADMINISTER DATABASE BULK OPERATIONS',
    `REFERENCES ON DATABASE SCOPED CREDENTIAL::[${CREDENTIAL}]`,
  ]
  const statements = grants.map(
    (grant) => `SET @sql = N'GRANT ${grant} TO ' + @name;\nEXEC (@sql);`,
  )
  return `
-- Run once for every user or group that queries the views. Replace <reader> by the name of a group in Microsoft Entra ID, or by a
-- user's principal name. Administrators of the workspace need none of this.
-- Names can't be variables in these statements, so that they are put together as texts.
DECLARE @reader nvarchar(128) = N'<reader>';
DECLARE @name nvarchar(258) = QUOTENAME(@reader);
DECLARE @sql nvarchar(1000);

USE [master];
SET @sql = N'CREATE LOGIN ' + @name + N' FROM EXTERNAL PROVIDER';
EXEC (@sql);

USE [${DATABASE}];
SET @sql = N'CREATE USER ' + @name + N' FROM LOGIN ' + @name;
EXEC (@sql);

-- OPENROWSET needs the last two, although it is used in views only.
${statements.join('\n')}
`
}
