// A private endpoint, with its name in a private DNS zone, for every service that the app uses, and for the copy.

import { makesZones, registers, vnetOf, zoneId } from '../dns.bicep'
import { networkType } from '../types.bicep'

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Network access.')
param network networkType

@description('Required. Subnet of the endpoints, in the VNet that resolves their names.')
param subnetId string

@description('Required. Archive account.')
param archiveId string

@description('Conditional. The copy in another region; null without one.')
param copyId string?

@description('Required. View account.')
param viewId string

@description('Required. The host\'s account.')
param hostId string

@description('Required. Vault.')
param vaultId string

var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var queueZone = 'privatelink.queue.${environment().suffixes.storage}'
var tableZone = 'privatelink.table.${environment().suffixes.storage}'
var dfsZone = 'privatelink.dfs.${environment().suffixes.storage}'
var vaultZone = 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'

var zoneNames = [blobZone, queueZone, tableZone, dfsZone, vaultZone]

var ours = [
  { name: 'archive-blob', service: archiveId, group: 'blob', zone: 0 }
  { name: 'archive-queue', service: archiveId, group: 'queue', zone: 1 }
  { name: 'view-blob', service: viewId, group: 'blob', zone: 0 }
  { name: 'view-dfs', service: viewId, group: 'dfs', zone: 3 }
  { name: 'host-blob', service: hostId, group: 'blob', zone: 0 }
  { name: 'host-queue', service: hostId, group: 'queue', zone: 1 }
  { name: 'host-table', service: hostId, group: 'table', zone: 2 }
  { name: 'vault', service: vaultId, group: 'vault', zone: 4 }
]

// For restoring from the copy.
var endpoints = concat(ours, copyId == null ? [] : [{ name: 'copy-blob', service: copyId!, group: 'blob', zone: 0 }])
var vnetId = vnetOf(subnetId)

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneNames: if (makesZones(network)) {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in zoneNames: if (makesZones(network)) {
    parent: zones[i]
    name: last(split(vnetId, '/'))
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: vnetId } }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-01-01' = [
  for endpoint in endpoints: {
    name: 'pe-${endpoint.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: endpoint.name
          properties: { privateLinkServiceId: endpoint.service, groupIds: [endpoint.group] }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = [
  for (endpoint, i) in endpoints: if (registers(network)) {
    parent: privateEndpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.group
          properties: {
            privateDnsZoneId: zoneId(network, resourceGroup().id, zoneNames[endpoint.zone])
          }
        }
      ]
    }
    dependsOn: [zones]
  }
]
