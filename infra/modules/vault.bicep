// The vault with the Reporting API keys. docs/deploy.md has the commands that store keys: a key in a
// template would also be in the deployment history.

import { publicAccess, vaultAcls } from '../firewall.bicep'
import { networkType } from '../types.bicep'

@description('Required. Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Network access.')
param network networkType

@description('Conditional. The app\'s subnet; null without a VNet.')
param subnetId string?

@description('Required. recover: restores a deleted vault of this name that is still kept.')
param createMode 'default' | 'recover'

@description('Required. Log Analytics workspace.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    createMode: createMode
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: publicAccess(network)
    networkAcls: vaultAcls(network, subnetId)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Records every read of a secret, and by whom.
    logs: [{ category: 'AuditEvent', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
