// The account of the Functions host: its locks, its schedules, the deployed package, and downloads, which are kept for a day.

import { publicAccess, storageAcls } from '../firewall.bicep'
import { networkType } from '../types.bicep'

@description('Required. Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. The app has instances in several zones, which requires a zone-redundant account.')
param zoneRedundant bool

@description('Required. Network access.')
param network networkType

@description('Conditional. The app\'s subnet; null without a VNet.')
param subnetId string?

@description('Required. Log Analytics workspace.')
param workspaceId string

var deploymentContainer = 'deployment'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  // Nothing here has to outlive the app, so one region is enough.
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowedCopyScope: 'AAD'
    sasPolicy: { expirationAction: 'Log', sasExpirationPeriod: '00.01:00:00' }
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
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
    // Deleted blobs are removed at once, so that a download that is needed for a day is not kept and billed for a month.
    // Therefore downloads are not in the archive's account, which keeps versions and deleted blobs.
    isVersioningEnabled: false
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: false }
  }
}

resource deployment 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: deploymentContainer
  properties: { publicAccess: 'None' }
}

resource downloads 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  // The same name as in shared/format/layout.ts; a test compares them.
  name: 'billing-downloads'
  properties: { publicAccess: 'None' }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'downloads-live-a-day'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['billing-downloads/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } }
          }
        }
      ]
    }
  }
  dependsOn: [downloads]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Records who fetched a download by its link.
    logs: [
      { category: 'StorageRead', enabled: true }
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
output tableUri string = account.properties.primaryEndpoints.table
output deploymentContainerUri string = '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
