// Alerts on administrative operations: on the policy, locks, the account and role assignments.

@description('Required. Short name of the deployment.')
param name string

@description('Required. Tags.')
param tags object

@description('Required. Resource ID of the subscription.')
param subscriptionId string

@description('Required. Resource IDs of the monitored groups.')
param groupIds string[]

@description('Required. Action group.')
param actionGroupId string

var operations = [
  {
    key: 'policy-removed'
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete'
    title: 'The immutability policy was removed'
  }
  {
    key: 'policy-changed'
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/write'
    title: 'The immutability policy was changed'
  }
  {
    key: 'container-deleted'
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/delete'
    title: 'A container was deleted'
  }
  {
    key: 'account-deleted'
    operation: 'Microsoft.Storage/storageAccounts/delete'
    title: 'A storage account was deleted'
  }
  {
    key: 'account-changed'
    operation: 'Microsoft.Storage/storageAccounts/write'
    title: 'A storage account was changed: shared keys, firewall, or a deployment'
  }
  {
    key: 'keys-listed'
    operation: 'Microsoft.Storage/storageAccounts/listKeys/action'
    title: 'The keys of a storage account were listed'
  }
  {
    key: 'lifecycle-changed'
    operation: 'Microsoft.Storage/storageAccounts/managementPolicies/write'
    title: 'The lifecycle rules of a storage account were changed'
  }
  {
    key: 'replication-removed'
    operation: 'Microsoft.Storage/storageAccounts/objectReplicationPolicies/delete'
    title: 'The replication to the copy was removed'
  }
  { key: 'lock-removed', operation: 'Microsoft.Authorization/locks/delete', title: 'A lock was removed' }
  // A role assignment on the subscription also covers the group, but is not an operation in the group.
  {
    key: 'role-given'
    operation: 'Microsoft.Authorization/roleAssignments/write'
    title: 'A role was assigned'
  }
]

resource rules 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for each in operations: {
    name: 'activity-${name}-${each.key}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Billing Archive: ${each.title}'
      enabled: true
      scopes: each.key == 'role-given' ? [subscriptionId] : groupIds
      condition: {
        allOf: [
          { field: 'category', equals: 'Administrative' }
          { field: 'operationName', equals: each.operation }
          { field: 'status', equals: 'Succeeded' }
        ]
      }
      actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
    }
  }
]
