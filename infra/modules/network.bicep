// The VNet: one subnet for the function app, and one for private endpoints where there are any.

@description('Required. Name of the VNet.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Address space, at least a /24.')
param addressPrefix string

@description('Required. A subnet for private endpoints; without it the app reaches storage and vault by service endpoints.')
param hasPrivateEndpoints bool

@description('Required. One address that does not change for what leaves the VNet.')
param hasFixedAddress bool

// The app asks its source, storage, the vault, Entra ID and telemetry, all of it over https.
resource functionRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: 'nsg-${name}-functions'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'https-out'
        properties: {
          priority: 100
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else-to-the-internet'
        properties: {
          priority: 4000
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRange: '*'
        }
      }
      {
        name: 'nothing-in'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Endpoints are called over https from the VNet and from those that are peered with it.
resource endpointRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = if (hasPrivateEndpoints) {
  name: 'nsg-${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'https-in'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else-in'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2025-01-01' = if (hasFixedAddress) {
  name: 'pip-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

resource gateway 'Microsoft.Network/natGateways@2025-01-01' = if (hasFixedAddress) {
  name: 'nat-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }], idleTimeoutInMinutes: 10 }
}

var endpointSubnet = {
  name: 'endpoints'
  properties: {
    addressPrefix: cidrSubnet(addressPrefix, 26, 1)
    networkSecurityGroup: { id: endpointRules.id }
    privateEndpointNetworkPolicies: 'Enabled'
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: concat(
      [
        {
          name: 'functions'
          properties: {
            addressPrefix: cidrSubnet(addressPrefix, 26, 0)
            networkSecurityGroup: { id: functionRules.id }
            natGateway: hasFixedAddress ? { id: gateway.id } : null
            serviceEndpoints: hasPrivateEndpoints
              ? []
              : [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }]
            // Flex Consumption integrates through this delegation.
            delegations: [
              { name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }
            ]
          }
        }
      ],
      hasPrivateEndpoints ? [endpointSubnet] : []
    )
  }
}

output address string = hasFixedAddress ? address!.properties.ipAddress : ''
