// A Contributor can delete an account whose policy is not locked yet, and a vault. A lock takes an Owner to remove first,
// and its removal is an alert.

@description('Required. Archive account.')
param archiveName string

@description('Required. Vault.')
param vaultName string

resource archive 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: archiveName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource archiveLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: archive
  name: 'archive-cannot-be-deleted'
  properties: {
    level: 'CanNotDelete'
    notes: 'The billing archive. docs/deploy.md, "Teardown", says what to do first.'
  }
}

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: vault
  name: 'vault-cannot-be-deleted'
  properties: {
    level: 'CanNotDelete'
    notes: 'The keys of the billing archive. docs/deploy.md, "Teardown", says what to do first.'
  }
}
