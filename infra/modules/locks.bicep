// A Contributor can delete an account whose policy is not locked yet, and a vault. Only an Owner can remove a lock,
// and removing it raises an alert.

@description('Required. Archive account.')
param archiveName string

@description('Conditional. Vault; null if there is none.')
param vaultName string?

resource archive 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: archiveName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = if (vaultName != null) {
  name: vaultName ?? 'none'
}

resource archiveLock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: archive
  name: 'archive-cannot-be-deleted'
  properties: {
    level: 'CanNotDelete'
    notes: 'The billing archive. See docs/deploy.md, "Teardown", before you remove this lock.'
  }
}

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = if (vaultName != null) {
  scope: vault
  name: 'vault-cannot-be-deleted'
  properties: {
    level: 'CanNotDelete'
    notes: 'The keys of the billing archive. See docs/deploy.md, "Teardown", before you remove this lock.'
  }
}
