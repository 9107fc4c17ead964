// The private endpoint of the function app, with its name in a private DNS zone.

import { makesZones, registers, vnetOf, zoneId } from '../dns.bicep'
import { networkType } from '../types.bicep'

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Network access.')
param network networkType

@description('Required. Subnet of the endpoint, in the VNet that resolves its name.')
param subnetId string

@description('Required. The app.')
param appId string

var domains = {
  AzureCloud: 'azurewebsites.net'
  AzureUSGovernment: 'azurewebsites.us'
  AzureChinaCloud: 'chinacloudsites.cn'
}

var zoneName = 'privatelink.${domains[environment().name]}'
var vnetId = vnetOf(subnetId)

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (makesZones(network)) {
  name: zoneName
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (makesZones(network)) {
  parent: zone
  name: last(split(vnetId, '/'))
  location: 'global'
  tags: tags
  properties: { registrationEnabled: false, virtualNetwork: { id: vnetId } }
}

resource appEndpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: 'pe-app'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: 'app', properties: { privateLinkServiceId: appId, groupIds: ['sites'] } }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = if (registers(network)) {
  parent: appEndpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      { name: 'sites', properties: { privateDnsZoneId: zoneId(network, resourceGroup().id, zoneName) } }
    ]
  }
  dependsOn: [zone]
}
