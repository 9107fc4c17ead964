// The archive's half of the replication: the policy of the copy, under the same ID.

@description('Required. Archive account.')
param archiveName string

@description('Required. The copy.')
param copyId string

@description('Required. ID of the policy, as assigned by the copy.')
param policyId string

@description('Required. ID of the rule, as assigned by the copy.')
param ruleId string

resource archive 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: archiveName
}

resource policy 'Microsoft.Storage/storageAccounts/objectReplicationPolicies@2025-01-01' = {
  parent: archive
  name: policyId
  properties: {
    sourceAccount: archive.id
    destinationAccount: copyId
    metrics: { enabled: true }
    rules: [
      {
        ruleId: ruleId
        sourceContainer: 'billing-snapshots'
        destinationContainer: 'billing-snapshots'
        filters: { minCreationTime: '1601-01-01T00:00:00Z' }
      }
    ]
  }
}
