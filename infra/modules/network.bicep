// The VNet: a subnet for the function app, and one for private endpoints if there are any.

@description('Required. Name of the VNet.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Address space, at least a /24.')
param addressPrefix string

@description('Required. Whether there is a subnet for private endpoints; without it, the app uses service endpoints for storage and vault.')
param hasPrivateEndpoints bool

@description('Required. Whether outbound connections have a fixed address.')
param hasFixedAddress bool

// The app connects to its source, storage, the vault, Entra ID and telemetry, always over https.
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

// Endpoints accept https from the VNet and from VNets peered with it.
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

// Subnets are separate resources, so a deployment leaves other subnets, e.g. for a jump host, alone.
resource vnet 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: { addressSpace: { addressPrefixes: [addressPrefix] } }
}

resource functions 'Microsoft.Network/virtualNetworks/subnets@2025-01-01' = {
  parent: vnet
  name: 'functions'
  properties: {
    addressPrefix: cidrSubnet(addressPrefix, 26, 0)
    networkSecurityGroup: { id: functionRules.id }
    natGateway: hasFixedAddress ? { id: gateway.id } : null
    // The app calls itself, through its firewall, when its functions are registered.
    serviceEndpoints: hasPrivateEndpoints
      ? []
      : [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }, { service: 'Microsoft.Web' }]
    // Required for Flex Consumption.
    delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
  }
}

resource endpoints 'Microsoft.Network/virtualNetworks/subnets@2025-01-01' = if (hasPrivateEndpoints) {
  parent: vnet
  name: 'endpoints'
  properties: {
    addressPrefix: cidrSubnet(addressPrefix, 26, 1)
    networkSecurityGroup: { id: endpointRules.id }
    privateEndpointNetworkPolicies: 'Enabled'
  }
  // A VNet accepts one subnet change at a time.
  dependsOn: [functions]
}

output address string = hasFixedAddress ? address!.properties.ipAddress : ''
