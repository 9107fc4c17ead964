// Alerts on what people do to the archive from outside of it: its policy, its locks, the account, who may do what.

@description('Required. Short name of the deployment.')
param name string

@description('Required. Tags.')
param tags object

@description('Required. Resource IDs of the groups that are watched.')
param groupIds string[]

@description('Required. Who is told.')
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
  { key: 'lock-removed', operation: 'Microsoft.Authorization/locks/delete', title: 'A lock was removed' }
  { key: 'role-given', operation: 'Microsoft.Authorization/roleAssignments/write', title: 'Somebody was given a role' }
]

resource rules 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for each in operations: {
    name: 'activity-${name}-${each.key}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Billing Archive: ${each.title}'
      enabled: true
      scopes: groupIds
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
