// The private endpoint of the function app, with its name in a private DNS zone.

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Name of the VNet whose machines resolve the name.')
param vnetName string

@description('Required. Subnet of the endpoint.')
param subnetId string

@description('Required. The app.')
param appId string

var domains = {
  AzureCloud: 'azurewebsites.net'
  AzureUSGovernment: 'azurewebsites.us'
  AzureChinaCloud: 'chinacloudsites.cn'
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-01-01' existing = {
  name: vnetName
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: 'privatelink.${domains[environment().name]}'
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = {
  parent: zone
  name: vnetName
  location: 'global'
  tags: tags
  properties: { registrationEnabled: false, virtualNetwork: { id: vnet.id } }
}

resource appEndpoint 'Microsoft.Network/privateEndpoints@2024-01-01' = {
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

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-01-01' = {
  parent: appEndpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: 'sites', properties: { privateDnsZoneId: zone.id } }]
  }
}
