// Role assignments with least privilege, each with its reason. No role here can delete a snapshot. A role that
// can stage blocks can also overwrite: only the immutability policy and create-only code prevent overwriting.
// Scopes are containers and queues, so conditions on names would add nothing.

import { onlyFilesOf } from '../reader-condition.bicep'
import { viewReaderType } from '../types.bicep'

@description('Required. The app\'s identity.')
param principalId string

@description('Required. Archive account.')
param archiveName string

@description('Required. View account.')
param viewName string

@description('Required. The host\'s account.')
param hostName string

@description('Required. Vault.')
param vaultName string

@description('Required. Application Insights.')
param insightsName string

@description('Required. Readers of the view.')
param viewReaders viewReaderType[]

resource archive 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: archiveName
  resource blobs 'blobServices' existing = {
    name: 'default'
    resource snapshots 'containers' existing = { name: 'billing-snapshots' }
    resource state 'containers' existing = { name: 'billing-state' }
    resource access 'containers' existing = { name: 'billing-access' }
  }
  resource queues 'queueServices' existing = {
    name: 'default'
    resource parts 'queues' existing = { name: 'archive-parts' }
    resource poison 'queues' existing = { name: 'archive-parts-poison' }
    resource downloads 'queues' existing = { name: 'archive-downloads' }
    resource downloadsPoison 'queues' existing = { name: 'archive-downloads-poison' }
  }
}

resource view 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: viewName
  resource blobs 'blobServices' existing = {
    name: 'default'
    resource current 'containers' existing = { name: 'billing-current' }
  }
}

resource host 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Built-in roles, by their ids: learn.microsoft.com/azure/role-based-access-control/built-in-roles
var builtIn = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageBlobDelegator: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// Role names are unique in a tenant, but several subscriptions may have groups of the same name.
var place = '${resourceGroup().name}, ${take(uniqueString(subscription().id), 6)}'

// Creates, stages, lists and reads files and manifests. No delete, no move, no tags.
resource writer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'billing-archive-blob-writer')
  properties: {
    roleName: 'Billing Archive Blob Writer (${place})'
    description: 'Reads and writes blobs of Billing Archive; cannot delete them.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// Sends, receives, hides, renews and removes messages. It can't delete or clear a queue.
resource queueWorker 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'billing-archive-queue-worker')
  properties: {
    roleName: 'Billing Archive Queue Worker (${place})'
    description: 'Processes messages of the queues of Billing Archive.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        // The queue's length, on which scaling is based.
        actions: ['Microsoft.Storage/storageAccounts/queueServices/queues/read']
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/read'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/write'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action'
          'Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// Snapshots: written once, never deleted.
resource snapshotsWriter 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::blobs::snapshots
  name: guid(archive::blobs::snapshots.id, principalId, 'writer')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: writer.id
  }
}

// State: plans and receipts are replaced under a condition, never deleted.
resource stateWriter 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::blobs::state
  name: guid(archive::blobs::state.id, principalId, 'writer')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: writer.id
  }
}

// Grants of callers' keys: the app that serves callers must not be able to create one.
resource accessReader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::blobs::access
  name: guid(archive::blobs::access.id, principalId, 'reader')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', builtIn.storageBlobDataReader)
  }
}

// User delegation keys, for short-lived links to files of snapshots. They give no access to data:
// a link opens only what the app itself can read.
resource delegator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive
  name: guid(archive.id, principalId, 'delegator')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', builtIn.storageBlobDelegator)
  }
}

// The view: replaced as a whole.
resource viewWriter 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: view::blobs::current
  name: guid(view::blobs::current.id, principalId, 'writer')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: writer.id
  }
}

// Readers can read only the view: all of it, or the files of some enrollments. Listings show all names.
resource viewReader 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in viewReaders: {
    scope: view::blobs::current
    name: guid(view::blobs::current.id, reader.principalId, 'reader')
    properties: {
      principalId: reader.principalId
      principalType: reader.?principalType ?? 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', builtIn.storageBlobDataReader)
      condition: empty(reader.?enrollments ?? []) ? null : onlyFilesOf(reader.enrollments!)
      conditionVersion: empty(reader.?enrollments ?? []) ? null : '2.0'
    }
  }
]

var shortcutReaders = filter(viewReaders, reader => reader.?hasShortcuts ?? false)

// A Fabric shortcut needs a user delegation key of the account, which opens what its principal can read.
resource viewDelegator 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in shortcutReaders: {
    scope: view
    name: guid(view.id, reader.principalId, 'delegator')
    properties: {
      principalId: reader.principalId
      principalType: reader.?principalType ?? 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', builtIn.storageBlobDelegator)
    }
  }
]

// The queue of parts and its poison queue: the app sends messages, the host processes them.
resource partsWorker 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::queues::parts
  name: guid(archive::queues::parts.id, principalId, 'worker')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: queueWorker.id
  }
}

resource poisonWorker 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::queues::poison
  name: guid(archive::queues::poison.id, principalId, 'worker')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: queueWorker.id
  }
}

// The queue of downloads, and its poison queue.
resource downloadsWorker 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::queues::downloads
  name: guid(archive::queues::downloads.id, principalId, 'worker')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: queueWorker.id
  }
}

resource downloadsPoisonWorker 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: archive::queues::downloadsPoison
  name: guid(archive::queues::downloadsPoison.id, principalId, 'worker')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: queueWorker.id
  }
}

// The host's own account: locks, schedules, keys and the package, as required for AzureWebJobsStorage without a key. The
// app also uses this owner role to write downloads and to sign links to them.
// learn.microsoft.com/azure/azure-functions/functions-reference, "Connecting to host storage with an identity"
resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [
    builtIn.storageBlobDataOwner
    builtIn.storageQueueDataContributor
    builtIn.storageTableDataContributor
  ]: {
    scope: host
    name: guid(host.id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// The vault contains only the source's keys. A role on each secret would be narrower, but can't be assigned before the
// secret exists, so not in the first deployment.
resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, 'secrets-user')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', builtIn.keyVaultSecretsUser)
  }
}

// For sending telemetry with the identity's token.
resource metricsPublisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, 'publisher')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtIn.monitoringMetricsPublisher
    )
  }
}
