// The function app on Flex Consumption.

import { defaultAction, openRanges } from '../firewall.bicep'
import { entraType, instanceMemoryType, networkType, nodeVersionType, schedulesType } from '../types.bicep'

@description('Required. Name of the app.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. The app\'s identity.')
param identityId string

@description('Required. Client id of the identity.')
param clientId string

@description('Required. Node.js version.')
param nodeVersion nodeVersionType

@description('Required. Memory of one instance, in MB.')
param instanceMemoryMB instanceMemoryType

@description('Required. Maximum number of instances.')
param maximumInstanceCount int

@description('Required. Worker instances that are kept ready.')
param alwaysReadyWorkers int

@description('Required. Spreads instances over several zones.')
param zoneRedundant bool

@description('Required. Blob endpoint of the host\'s account.')
param hostBlobUri string

@description('Required. Queue endpoint of the host\'s account.')
param hostQueueUri string

@description('Required. Table endpoint of the host\'s account.')
param hostTableUri string

@description('Required. Container that code is deployed to.')
param deploymentContainerUri string

@description('Required. Blob endpoint of the archive account.')
param archiveBlobUri string

@description('Required. Queue endpoint of the archive account.')
param archiveQueueUri string

@description('Required. Blob endpoint of the view account.')
param viewBlobUri string

@description('Required. The vault.')
param vaultUri string

@description('Required. Enrollment numbers.')
param enrollments string[]

@description('Required. Names of the secrets with the API keys.')
param keySecretNames string[]

@description('Required. URL of the Reporting API.')
param eaReportingEndpoint string

@description('Required. Schedules of the timers.')
param schedules schedulesType

@description('Required. Days for which the immutability policy protects a file.')
param retentionDays int

@description('Required. Entra ID tokens that callers can use; null for keys only.')
param entra entraType?

@description('Required. Settings beyond the defaults, by name.')
param extraSettings object

@description('Required. Connection string for telemetry.')
param insightsConnectionString string

@description('Required. Network access.')
param network networkType

@description('Conditional. Subnet for VNet integration; null without a VNet.')
param subnetId string?

@description('Required. Log Analytics workspace.')
param workspaceId string

// Read by the Functions host.
var hostSettings = {
  // URIs instead of the account's name, to which the host would add the suffix of the public cloud.
  AzureWebJobsStorage__blobServiceUri: hostBlobUri
  AzureWebJobsStorage__queueServiceUri: hostQueueUri
  AzureWebJobsStorage__tableServiceUri: hostTableUri
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  ARCHIVE_STORAGE__credential: 'managedidentity'
  ARCHIVE_STORAGE__clientId: clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  BILLINGPERIODS_SCHEDULE: schedules.billingperiods
  BALANCESUMMARY_SCHEDULE: schedules.balancesummary
  USAGEDETAILS_SCHEDULE: schedules.usagedetails
  MARKETPLACECHARGES_SCHEDULE: schedules.marketplacecharges
  PRICESHEET_SCHEDULE: schedules.pricesheet
  SWEEP_SCHEDULE: schedules.sweep
  RECONCILE_SCHEDULE: schedules.reconcile
  LEDGER_SCHEDULE: schedules.ledger
  VERIFY_SCHEDULE: schedules.verify
  STATUS_SCHEDULE: schedules.status
  // Disables the platform's page at the root, which would reveal what runs there.
  AzureWebJobsDisableHomepage: 'true'
  // Keeps the heap's young generation small. An argument of the worker, because a waiting worker is started before the
  // app's environment is known, so NODE_OPTIONS could come too late.
  languageWorkers__node__arguments: '--max-semi-space-size=2'
  // Large freed buffers are returned to the system at once, if the worker is started with these.
  MALLOC_ARENA_MAX: '2'
  MALLOC_MMAP_THRESHOLD_: '65536'
}

// Read by shared/config.ts. docs/settings.md has those that keep their defaults.
var codeSettings = {
  AZURE_CLIENT_ID: clientId
  ENROLLMENTS: join(enrollments, ',')
  KEY_VAULT_URI: vaultUri
  EA_KEY_SECRET_NAMES: join(keySecretNames, ',')
  EA_REPORTING_ENDPOINT: eaReportingEndpoint
  ARCHIVE_STORAGE__blobServiceUri: archiveBlobUri
  ARCHIVE_STORAGE__queueServiceUri: archiveQueueUri
  VIEW_STORAGE__blobServiceUri: viewBlobUri
  VIEW_FORMATS: 'csv,parquet'
  DOWNLOAD_STORAGE__blobServiceUri: hostBlobUri
  SETTLEMENT_DAYS: '10'
  RECHECK_DAYS: '7'
  FULL_FETCH_DAYS: '30'
  SEAL_SKEW_MINUTES: '60'
  SHRINK_ALERT: '20'
  RETENTION_DAYS: string(retentionDays)
  MIN_RETENTION_DAYS: '90'
  STALE_HOURS: '36'
  RECONCILE_TOLERANCE: '0.01'
  PLAN_HOURS: '20'
  REQUEUE_AFTER_MINUTES: '120'
  PART_SECONDS: '600'
  SEGMENT_ROWS: '1000000'
  PAGE_BYTES: '16777216'
  SOURCE_CONNECTIONS: '32'
  RETRY_TRIES: '8'
  RETRY_BASE_MS: '500'
  RETRY_CAP_MS: '30000'
  RETRY_HEADERS_SECONDS: '120'
  RETRY_TRY_SECONDS: '200'
  RETRY_BUDGET_SECONDS: '300'
  REDIRECT_OVER_BYTES: '8388608'
  REDIRECT_JSON_OVER_BYTES: '33554432'
  SERVE_CACHE_BYTES: '33554432'
  CACHE_TTL_SECONDS: '10'
  REFRESH_SECONDS: '300'
  WAIT_ROWS: '500000'
  WAIT_SECONDS: '45'
  COMPOSED_PER_HOUR: '120'
  KEY_CHECK_SECONDS: '300'
  ENTRA_TENANT_ID: entra.?tenantId ?? ''
  ENTRA_AUTHORITY: environment().authentication.loginEndpoint
  ENTRA_AUDIENCE: join(entra.?audiences ?? [], ',')
  ENTRA_ENROLLMENTS: join(entra.?enrollments ?? [], ',')
  CORS_ORIGINS: ''
  LOG_LEVEL: 'info'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'archive' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: subnetId
    // With a private endpoint, the default would be off, also for the deployment endpoint.
    publicNetworkAccess: network.isPrivate && network.?deployFrom == 'network' ? 'Disabled' : 'Enabled'
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyWorkers > 0
          ? [{ name: 'function:archive-parts', instanceCount: alwaysReadyWorkers }]
          : []
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      // Callers use the private endpoint, to which no restriction applies, or the given ranges.
      ipSecurityRestrictionsDefaultAction: defaultAction(network)
      ipSecurityRestrictions: concat(
        map(
          openRanges(network),
          range => { ipAddress: contains(range, '/') ? range : '${range}/32', action: 'Allow', priority: 100 }
        ),
        network.isPrivate || subnetId == null
          ? []
          : [{ vnetSubnetResourceId: subnetId, action: 'Allow', priority: 200, name: 'the app itself' }]
      )
      // Deployment is open to anyone with a token that permits it; there are no deployment passwords.
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      appSettings: map(
        items(union(hostSettings, codeSettings, extraSettings)),
        setting => { name: setting.key, value: string(setting.value) }
      )
    }
  }
}

// No user names and passwords for deployments, either.
resource noFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
