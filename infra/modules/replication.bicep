// Replicates every file of billing-snapshots to the copy, including files older than the policy.
// The policy is created on the copy first, which assigns its ID, then on the archive with the same ID:
// learn.microsoft.com/azure/storage/blobs/object-replication-configure

@description('Required. The replicated account.')
param sourceId string

@description('Required. Name of the copy, which is in this group.')
param copyName string

resource copy 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: copyName
}

resource policy 'Microsoft.Storage/storageAccounts/objectReplicationPolicies@2025-01-01' = {
  parent: copy
  name: 'default'
  properties: {
    sourceAccount: sourceId
    destinationAccount: copy.id
    metrics: { enabled: true }
    rules: [
      {
        sourceContainer: 'billing-snapshots'
        destinationContainer: 'billing-snapshots'
        filters: { minCreationTime: '1601-01-01T00:00:00Z' }
      }
    ]
  }
}

output policyId string = policy.properties.policyId
output ruleId string = policy.properties.rules[0].ruleId
