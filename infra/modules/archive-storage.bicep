// The archive account: snapshots, state, grants, and the queue of parts.
// Flat namespace: a hierarchical one would exclude versioning and index tags.

import { encryptionOf, identityOf } from '../encryption.bicep'
import { publicAccess, storageAcls } from '../firewall.bicep'
import { encryptionKeyType, networkType, redundancyType, retentionType } from '../types.bicep'

@description('Required. Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Redundancy.')
param redundancy redundancyType

@description('Required. Immutability of the snapshots.')
param retention retentionType

@description('Optional. A customer-managed key; Microsoft\'s if absent.')
param encryptionKey encryptionKeyType?

@description('Required. Encrypts twice (infrastructure encryption); can only be chosen when the account is created.')
param infrastructureEncryption bool

@description('Required. Network access.')
param network networkType

@description('Conditional. The app\'s subnet; null without a VNet.')
param subnetId string?

@description('Required. Log Analytics workspace.')
param workspaceId string

// The same names as in shared/format/layout.ts; a test compares them.
var containers = ['billing-state', 'billing-access']
var queues = [
  'archive-parts'
  'archive-parts-poison'
  'archive-downloads'
  'archive-downloads-poison'
]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  identity: identityOf(encryptionKey)
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    // No copies to accounts of other tenants.
    allowedCopyScope: 'AAD'
    // Links are valid for 15 minutes, those of reports for an hour; longer ones are logged.
    sasPolicy: { expirationAction: 'Log', sasExpirationPeriod: '00.01:00:00' }
    encryption: union(encryptionOf(encryptionKey), {
      requireInfrastructureEncryption: infrastructureEncryption
      services: { blob: { enabled: true, keyType: 'Account' }, queue: { enabled: true, keyType: 'Account' } }
    })
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess(network)
    networkAcls: storageAcls(network, subnetId)
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // Whatever is replaced or deleted stays as a version: plans, grants, and files that should never change.
    isVersioningEnabled: true
    // Required for replication to a copy; it can't be turned off while there is a copy.
    changeFeed: { enabled: true, retentionInDays: 30 }
    deleteRetentionPolicy: { enabled: true, days: 30 }
    containerDeleteRetentionPolicy: { enabled: true, days: 30 }
  }
}

resource snapshots 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: 'billing-snapshots'
  properties: { publicAccess: 'None' }
}

// Time-based retention counts from each file's creation. While unlocked, an owner can change or remove it;
// locking it is a deliberate second step (docs/deploy.md), an action on the policy in ARM.
resource immutability 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-01-01' = if (!retention.isLocked) {
  parent: snapshots
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: retention.days
    // A file is committed once and never appended to.
    allowProtectedAppendWrites: false
  }
}

resource others 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource queueList 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' = [
  for queue in queues: {
    parent: queueService
    name: queue
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'old-snapshots-to-cooler-tiers'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['billing-snapshots/'] }
            // No delete rule: the archive keeps everything.
            actions: {
              baseBlob: {
                tierToCool: { daysAfterModificationGreaterThan: 60 }
                tierToCold: { daysAfterModificationGreaterThan: 180 }
              }
            }
          }
        }
        {
          name: 'versions-of-the-state-live-a-month'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['billing-state/'] }
            actions: { version: { delete: { daysAfterCreationGreaterThan: 30 } } }
          }
        }
      ]
    }
  }
  dependsOn: [snapshots, others]
}

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Records who read, changed or removed what.
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource queueDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: queueService
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Without reads, which are the host's polling every few seconds.
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output blobUri string = account.properties.primaryEndpoints.blob
output queueUri string = account.properties.primaryEndpoints.queue
