// Billing Archive in Azure: one resource group with everything that it needs. Modules are by concern.
targetScope = 'subscription'

import { entraType, instanceMemoryType, networkType, nodeVersionType, redundancyType, retentionType, schedulesType } from 'types.bicep'

@description('Required. Short name of this deployment; resource names begin with it.')
@minLength(3)
@maxLength(10)
param name string

@description('Optional. Azure region.')
param location string = deployment().location

@description('Required. Enrollment numbers to archive.')
@minLength(1)
param enrollments string[]

@description('Optional. Where the Reporting API answers.')
param eaReportingEndpoint string = 'https://consumption.azure.com'

@description('Optional. Names of the secrets with the API keys; {enrollment} stands for the number. The first is the primary key.')
param keySecretNames string[] = [
  'ea-reporting-key-{enrollment}'
  'ea-reporting-key-{enrollment}-secondary'
]

@description('Optional. Node.js version.')
param nodeVersion nodeVersionType = '24'

@description('Optional. Memory of one instance, in MB.')
param instanceMemoryMB instanceMemoryType = 2048

@description('Optional. Instances at most: together with host.json\'s batch size, how hard the source is asked.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 10

@description('Optional. Instances of the worker that are kept ready; 0 lets it scale to nothing.')
@minValue(0)
@maxValue(10)
param alwaysReadyWorkers int = 0

@description('Optional. Redundancy of the archive and view accounts.')
param redundancy redundancyType = 'Standard_ZRS'

@description('Optional. Immutability of the snapshots.')
param retention retentionType = { days: 3650, isLocked: false }

@description('Optional. Network access.')
param network networkType = { isPrivate: true, addressPrefix: '10.71.0.0/24' }

@description('Optional. Schedules of the timers, UTC.')
param schedules schedulesType = {
  billingperiods: '0 0 3 * * *'
  balancesummary: '0 10 3 * * *'
  usagedetails: '0 20 3 * * *'
  marketplacecharges: '0 30 3 * * *'
  pricesheet: '0 40 3 * * *'
  sweep: '0 */15 * * * *'
  reconcile: '0 0 5 * * *'
  ledger: '0 30 5 * * *'
  verify: '0 0 6 * * *'
  status: '0 0 7 * * *'
}

@description('Optional. Tokens of Entra ID that callers may bring beside keys; keys only if absent.')
param entra entraType?

@description('Optional. Settings of the app beyond the defaults, by name (docs/settings.md).')
param extraSettings object = {}

@description('Required. Who is told when something is wrong.')
param alertEmail string

@description('Optional. Object ids of the groups that read the view from Power BI, Synapse or Fabric.')
param viewReaderGroupIds string[] = []

@description('Optional. Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Optional. Tags of every resource.')
param tags object = { application: 'billing-archive' }

var suffix = uniqueString(subscription().id, name, location)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${name}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-${name}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    retentionDays: logRetentionDays
    alertEmail: alertEmail
  }
}

module vnet 'modules/network.bicep' = if (network.isPrivate) {
  scope: group
  params: {
    name: 'vnet-${name}'
    location: location
    tags: tags
    addressPrefix: network.?addressPrefix ?? '10.71.0.0/24'
  }
}

module archive 'modules/archive-storage.bicep' = {
  scope: group
  params: {
    name: take('${name}arc${suffix}', 24)
    location: location
    tags: tags
    redundancy: redundancy
    retention: retention
    network: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

module view 'modules/view-storage.bicep' = {
  scope: group
  params: {
    name: take('${name}view${suffix}', 24)
    location: location
    tags: tags
    redundancy: redundancy
    network: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

module host 'modules/host-storage.bicep' = {
  scope: group
  params: {
    name: take('${name}host${suffix}', 24)
    location: location
    tags: tags
    network: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: take('kv-${name}-${suffix}', 24)
    location: location
    tags: tags
    network: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (network.isPrivate) {
  scope: group
  params: {
    location: location
    tags: tags
    vnetName: 'vnet-${name}'
    subnetId: vnet!.outputs.endpointSubnetId
    archiveId: archive.outputs.id
    viewId: view.outputs.id
    hostId: host.outputs.id
    vaultId: vault.outputs.id
  }
}

module roles 'modules/roles.bicep' = {
  scope: group
  params: {
    principalId: identity.outputs.principalId
    archiveName: archive.outputs.name
    viewName: view.outputs.name
    hostName: host.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    secretNames: flatten(map(
      enrollments,
      enrollment => map(keySecretNames, secret => replace(secret, '{enrollment}', enrollment))
    ))
    viewReaderGroupIds: viewReaderGroupIds
  }
}

module functions 'modules/functions.bicep' = {
  scope: group
  params: {
    name: 'func-${name}-${suffix}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyWorkers: alwaysReadyWorkers
    hostStorageName: host.outputs.name
    deploymentContainerUri: host.outputs.deploymentContainerUri
    archiveBlobUri: archive.outputs.blobUri
    archiveQueueUri: archive.outputs.queueUri
    viewBlobUri: view.outputs.blobUri
    vaultUri: vault.outputs.uri
    enrollments: enrollments
    keySecretNames: keySecretNames
    eaReportingEndpoint: eaReportingEndpoint
    schedules: schedules
    retentionDays: retention.days
    entra: entra
    extraSettings: extraSettings
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    network: network
    subnetId: network.isPrivate ? vnet!.outputs.functionSubnetId : null
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [endpoints, roles]
}

module appEndpoint 'modules/app-endpoint.bicep' = if (network.isPrivate) {
  scope: group
  params: {
    location: location
    tags: tags
    vnetName: 'vnet-${name}'
    subnetId: vnet!.outputs.endpointSubnetId
    appId: functions.outputs.id
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: { location: location, tags: tags, insightsId: monitoring.outputs.insightsId }
}

@description('The resource group.')
output resourceGroupName string = group.name

@description('The function app, for deploying code.')
output functionAppName string = functions.outputs.name

@description('The archive over HTTP.')
output url string = functions.outputs.url

@description('The vault that the API keys go into.')
output vaultName string = vault.outputs.name

@description('The archive account.')
output archiveStorageName string = archive.outputs.name

@description('The view account, for Power BI, Synapse and Fabric.')
output viewStorageName string = view.outputs.name

@description('What azd deploys to.')
output SERVICE_ARCHIVE_NAME string = functions.outputs.name
