// The view account: one CSV per dataset, enrollment and period, for Power BI, Synapse and Fabric.
// Hierarchical namespace, which suits these tools best; no immutability, because the view is replaced.

import { encryptionOf, identityOf } from '../encryption.bicep'
import { publicAccess, storageAcls } from '../firewall.bicep'
import { encryptionKeyType, networkType, redundancyType, viewAccessType } from '../types.bicep'

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

@description('Required. Network access.')
param network networkType

@description('Conditional. The app\'s subnet; null without a VNet.')
param subnetId string?

@description('Optional. Additional places from which the view is read.')
param readers viewAccessType = {}

@description('Optional. A customer-managed key; Microsoft\'s if absent.')
param encryptionKey encryptionKeyType?

@description('Required. Log Analytics workspace.')
param workspaceId string

var isOpenToReaders = !empty(readers.?ipRanges ?? []) || !empty(readers.?workspaceIds ?? [])
var acls = storageAcls(network, subnetId)

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
    allowedCopyScope: 'AAD'
    sasPolicy: { expirationAction: 'Log', sasExpirationPeriod: '00.01:00:00' }
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    encryption: union(encryptionOf(encryptionKey), {
      services: { blob: { enabled: true, keyType: 'Account' } }
    })
    // Rules for workspaces and addresses apply only if public access is on; everyone else is denied.
    publicNetworkAccess: isOpenToReaders ? 'Enabled' : publicAccess(network)
    networkAcls: union(acls, {
      defaultAction: isOpenToReaders && network.isPrivate ? 'Deny' : acls.defaultAction
      ipRules: concat(acls.ipRules, map(readers.?ipRanges ?? [], range => { value: range, action: 'Allow' }))
      resourceAccessRules: map(readers.?workspaceIds ?? [], id => { tenantId: tenant().tenantId, resourceId: id })
    })
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource current 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: 'billing-current'
  properties: { publicAccess: 'None' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
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
