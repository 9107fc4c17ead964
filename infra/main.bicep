// Billing Archive in Azure: one resource group with everything that it needs, one module per concern.
targetScope = 'subscription'

import { appName, groupName, localName, shortName, storageName, vaultName } from 'names.bicep'
import { hasVnet } from 'firewall.bicep'
import {
  budgetType
  copyType
  encryptionKeyType
  entraType
  instanceMemoryType
  networkType
  nodeVersionType
  redundancyType
  retentionType
  schedulesType
  viewAccessType
  viewReaderType
} from 'types.bicep'

@description('Required. Name of this deployment, e.g. AZURE_ENV_NAME; resource names are made from its letters and digits.')
@minLength(1)
@maxLength(64)
param name string

@description('Optional. Azure region.')
param location string = deployment().location

@description('Required. Enrollment numbers to archive.')
@minLength(1)
param enrollments string[]

@description('Optional. URL of the Reporting API.')
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

@description('Optional. Maximum number of instances, for each group of functions that scales separately. Together with the batch size in host.json, it determines the load on the source.')
// Flex Consumption rejects fewer than 40 (Azure/azure-functions-host#10523).
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Optional. Worker instances that are kept ready; 0 lets the worker scale to zero.')
@minValue(0)
@maxValue(10)
param alwaysReadyWorkers int = 0

@description('Optional. Spreads instances over the zones of the region, if it has zones. Azure then keeps and bills two ready instances for each group of functions; alwaysReadyWorkers must be 0 or at least 2.')
param zoneRedundant bool = false

@description('Optional. Whether this deployment creates roles, role assignments and locks, which requires Owner, or Contributor and User Access Administrator. False: an administrator has deployed with true before, and Contributor is enough.')
param assignRoles bool = true

@description('Optional. recover restores the vault of a deployment that was torn down less than 90 days ago.')
param vaultCreateMode 'default' | 'recover' = 'default'

@description('Optional. Encrypts the archive twice (infrastructure encryption). It can only be chosen when the account is created.')
param infrastructureEncryption bool = true

@description('Optional. Your own key for the encryption of archive, copy and view. It can be added or removed later.')
param encryptionKey encryptionKeyType?

@description('Optional. A second archive account in another region, in a separate group, to which every snapshot is replicated.')
param copy copyType?

@description('Optional. Name of an existing account in the deployment\'s group to use as the archive, instead of a generated name.')
param archiveStorageName string?

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

@description('Optional. Entra ID tokens that callers can use in addition to keys; if absent, only keys are accepted.')
param entra entraType?

@description('Optional. Settings of the app beyond the defaults, by name (docs/settings.md).')
param extraSettings object = {}

@description('Required. E-mail address for alerts.')
param alertEmail string

@description('Optional. Principals that read the view from Power BI, Synapse or Fabric.')
param viewReaders viewReaderType[] = []

@description('Optional. Additional places from which they read it.')
param viewAccess viewAccessType = {}

@description('Optional. Resource ID of an existing Log Analytics workspace.')
param workspaceId string?

@description('Optional. Daily limit of logs in gigabytes, in a new workspace; 0 for no limit.')
@minValue(0)
@maxValue(1000)
param logDailyCapGb int = 5

@description('Optional. Budget of the resource group.')
param budget budgetType?

@description('Optional. Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Do not set. Time of the deployment: the alert on missing snapshots waits two days for the first one.')
param deployedAt string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

@description('Optional. Tags of every resource.')
param tags object = { application: 'billing-archive' }

var allTags = union(tags, { 'azd-env-name': name })

// Normalized like Azure, so that 'North Europe' and 'northeurope' give the same names.
var place = toLower(replace(location, ' ', ''))
var suffix = uniqueString(subscription().id, name, place)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName(name)
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: localName('id', name), location: location, tags: allTags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    name: shortName(name)
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    existingWorkspaceId: workspaceId
    alertEmail: alertEmail
  }
}

var makesVnet = hasVnet(network) && network.?functionSubnetId == null

module vnet 'modules/network.bicep' = if (makesVnet) {
  scope: group
  params: {
    name: localName('vnet', name)
    location: location
    tags: allTags
    addressPrefix: network.?addressPrefix ?? '10.71.0.0/24'
    hasPrivateEndpoints: network.isPrivate
    hasFixedAddress: network.?hasFixedAddress ?? false
  }
}

var vnetId = resourceId(
  subscription().subscriptionId,
  groupName(name),
  'Microsoft.Network/virtualNetworks',
  localName('vnet', name)
)
var subnetId = hasVnet(network) ? (network.?functionSubnetId ?? '${vnetId}/subnets/functions') : null
var endpointSubnetId = network.?endpointSubnetId ?? '${vnetId}/subnets/endpoints'

module archive 'modules/archive-storage.bicep' = {
  scope: group
  params: {
    name: archiveStorageName ?? storageName(name, 'arc', suffix)
    location: location
    tags: allTags
    redundancy: redundancy
    retention: retention
    infrastructureEncryption: infrastructureEncryption
    encryptionKey: encryptionKey
    network: network
    subnetId: subnetId
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [vnet]
}

// The copy has the names of a deployment called '{name}-copy' in its region, so that this deployment, if it is ever needed, uses
// the copy as its archive.
var copyName = '${name}-copy'
var copyPlace = toLower(replace(copy.?location ?? location, ' ', ''))
var copyLocation = copy != null && copyPlace == place
  ? fail('copy.location is the archive\'s own region: choose another one')
  : copyPlace
var copyAccount = storageName(copyName, 'arc', uniqueString(subscription().id, copyName, copyLocation))
var copyId = resourceId(
  subscription().subscriptionId,
  groupName(copyName),
  'Microsoft.Storage/storageAccounts',
  copyAccount
)

resource copyGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = if (copy != null) {
  name: groupName(copyName)
  location: copyLocation
  // A different tag: azd down deletes every group with the deployment's name.
  tags: union(allTags, { 'azd-env-name': copyName })
}

module copyArchive 'modules/archive-storage.bicep' = if (copy != null) {
  scope: copyGroup
  params: {
    name: copyAccount
    location: copyLocation
    tags: allTags
    redundancy: copy.?redundancy ?? redundancy
    // Locked in a separate step: without a policy, a new copy would protect nothing.
    retention: { days: retention.days, isLocked: copy.?isLocked ?? false }
    infrastructureEncryption: infrastructureEncryption
    encryptionKey: encryptionKey
    network: network
    workspaceId: monitoring.outputs.workspaceId
  }
}

module copyLock 'modules/locks.bicep' = if (copy != null && assignRoles) {
  scope: copyGroup
  params: { archiveName: copyArchive!.outputs.name }
}

module replication 'modules/replication.bicep' = if (copy != null) {
  scope: copyGroup
  params: { sourceId: archive.outputs.id, copyName: copyArchive!.outputs.name }
}

module replicationSource 'modules/replication-source.bicep' = if (copy != null) {
  scope: group
  params: {
    archiveName: archive.outputs.name
    copyId: copyId
    policyId: replication!.outputs.policyId
    ruleId: replication!.outputs.ruleId
  }
}

module view 'modules/view-storage.bicep' = {
  scope: group
  params: {
    name: storageName(name, 'view', suffix)
    location: location
    tags: allTags
    redundancy: redundancy
    encryptionKey: encryptionKey
    network: network
    subnetId: subnetId
    readers: viewAccess
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [vnet]
}

module host 'modules/host-storage.bicep' = {
  scope: group
  params: {
    name: storageName(name, 'host', suffix)
    location: location
    tags: allTags
    zoneRedundant: zoneRedundant
    network: network
    subnetId: subnetId
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [vnet]
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: vaultName(name, suffix)
    location: location
    tags: allTags
    network: network
    subnetId: subnetId
    createMode: vaultCreateMode
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [vnet]
}

module endpoints 'modules/private-endpoints.bicep' = if (network.isPrivate) {
  scope: group
  params: {
    location: location
    tags: allTags
    network: network
    subnetId: endpointSubnetId
    archiveId: archive.outputs.id
    copyId: copy == null ? null : copyId
    viewId: view.outputs.id
    hostId: host.outputs.id
    vaultId: vault.outputs.id
  }
  dependsOn: [vnet, copyArchive]
}

module roles 'modules/roles.bicep' = if (assignRoles) {
  scope: group
  params: {
    principalId: identity.outputs.principalId
    archiveName: archive.outputs.name
    viewName: view.outputs.name
    hostName: host.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    viewReaders: viewReaders
  }
}

module locks 'modules/locks.bicep' = if (assignRoles) {
  scope: group
  params: {
    archiveName: archive.outputs.name
    vaultName: vault.outputs.name
  }
}

module functions 'modules/functions.bicep' = {
  scope: group
  params: {
    name: appName(name, suffix)
    location: location
    tags: allTags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyWorkers: alwaysReadyWorkers
    zoneRedundant: zoneRedundant
    hostBlobUri: host.outputs.blobUri
    hostQueueUri: host.outputs.queueUri
    hostTableUri: host.outputs.tableUri
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
    subnetId: subnetId
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [vnet, endpoints, roles]
}

module appEndpoint 'modules/app-endpoint.bicep' = if (network.isPrivate) {
  scope: group
  params: {
    location: location
    tags: allTags
    network: network
    subnetId: endpointSubnetId
    appId: functions.outputs.id
  }
  dependsOn: [vnet]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    name: shortName(name)
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
    deployedAt: deployedAt
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module activityAlerts 'modules/activity-alerts.bicep' = {
  scope: group
  params: {
    name: shortName(name)
    tags: allTags
    subscriptionId: subscription().id
    groupIds: copy == null ? [group.id] : [group.id, copyGroup.id]
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module platformAlerts 'modules/platform-alerts.bicep' = {
  scope: group
  params: {
    name: shortName(name)
    location: location
    tags: allTags
    archiveId: archive.outputs.id
    viewId: view.outputs.id
    vaultId: vault.outputs.id
    workspaceId: workspaceId == null ? monitoring.outputs.workspaceId : null
    actionGroupId: monitoring.outputs.actionGroupId
    alertEmail: alertEmail
    budget: budget
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: { location: location, tags: allTags, insightsId: monitoring.outputs.insightsId }
}

@description('The resource group.')
output resourceGroupName string = group.name

@description('The function app, for deploying code.')
output functionAppName string = functions.outputs.name

@description('URL of the archive.')
output url string = functions.outputs.url

@description('The vault for the API keys.')
output vaultName string = vault.outputs.name

@description('The archive account.')
output archiveStorageName string = archive.outputs.name

@description('The view account, for Power BI, Synapse and Fabric.')
output viewStorageName string = view.outputs.name

@description('Settings of the command line for this deployment; save them as a file for --settings.')
output commandLine object = {
  Values: {
    ARCHIVE_STORAGE__blobServiceUri: archive.outputs.blobUri
    ARCHIVE_STORAGE__queueServiceUri: archive.outputs.queueUri
    VIEW_STORAGE__blobServiceUri: view.outputs.blobUri
    DOWNLOAD_STORAGE__blobServiceUri: host.outputs.blobUri
    KEY_VAULT_URI: vault.outputs.uri
    EA_KEY_SECRET_NAMES: join(keySecretNames, ',')
    EA_REPORTING_ENDPOINT: eaReportingEndpoint
    ENROLLMENTS: join(enrollments, ',')
    RETENTION_DAYS: string(retention.days)
  }
}

@description('The custom role that can write blobs of the archive, for people who repair or fetch.')
output blobWriterRole string = guid(group.id, 'billing-archive-blob-writer')

@description('The custom role that can process messages of its queues.')
output queueWorkerRole string = guid(group.id, 'billing-archive-queue-worker')

@description('The copy of the archive; empty if there is none.')
output copyStorageName string = copy == null ? '' : copyAccount

@description('The address from which the app connects to its source; empty without a NAT gateway.')
output outboundAddress string = makesVnet ? vnet!.outputs.address : ''

@description('The resource to which azd deploys.')
output SERVICE_ARCHIVE_NAME string = functions.outputs.name
