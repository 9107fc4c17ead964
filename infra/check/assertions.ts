/**
 * Assertions on the deployment. Each is checked twice: on the template as it is, and with the value flipped.
 */
import { type Placed, valueAt, withValueAt } from './arm.ts'
import { type Assertion, is, says, saysNot, type } from './assertion.ts'
import { guards } from './guards.ts'

const STORAGE = 'Microsoft.Storage/storageAccounts'
const CONTAINER = `${STORAGE}/blobServices/containers`
const VAULT = 'Microsoft.KeyVault/vaults'
const SITE = 'Microsoft.Web/sites'
const ROLE = 'Microsoft.Authorization/roleDefinitions'
const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments'
const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings'

/** For all three accounts. */
const everyAccount: Assertion[] = (
  [
    ['no shared keys', 'properties.allowSharedKeyAccess', is(false), true],
    ['no public blobs', 'properties.allowBlobPublicAccess', is(false), true],
    ['at least TLS 1.2', 'properties.minimumTlsVersion', is('TLS1_2'), 'TLS1_0'],
    ['https only', 'properties.supportsHttpsTrafficOnly', is(true), false],
    ['no replication to other tenants', 'properties.allowCrossTenantReplication', is(false), true],
    ['tokens by default', 'properties.defaultToOAuthAuthentication', is(true), false],
    [
      'public access off when private',
      'properties.publicNetworkAccess',
      says(/publicAccess\(parameters\('network'\)\)/),
      'Enabled',
    ],
    [
      'firewall that denies when private',
      'properties.networkAcls',
      says(/storageAcls\(parameters\('network'\)|variables\('acls'\)/),
      { defaultAction: 'Allow' },
    ],
  ] as const
).map(([title, path, holds, flipped]) => ({
  title: `storage: ${title}`,
  of: type(STORAGE),
  count: 3,
  path,
  holds,
  flipped,
}))

const others: Assertion[] = [
  {
    title: 'archive: flat namespace',
    of: type(STORAGE, 'archive'),
    path: 'properties.isHnsEnabled',
    holds: is(false),
    flipped: true,
  },
  {
    title: 'view: hierarchical namespace',
    of: type(STORAGE, 'view'),
    path: 'properties.isHnsEnabled',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'archive: redundancy is a parameter',
    of: type(STORAGE, 'archive'),
    path: 'sku.name',
    holds: says(/parameters\('redundancy'\)/),
    flipped: 'Standard_LRS',
  },
  {
    title: 'containers: not public',
    of: type(CONTAINER),
    count: 5,
    path: 'properties.publicAccess',
    holds: is('None'),
    flipped: 'Blob',
  },
  {
    title: 'snapshots: immutable for the given days',
    of: type(`${CONTAINER}/immutabilityPolicies`),
    path: 'properties.immutabilityPeriodSinceCreationInDays',
    holds: says(/parameters\('retention'\)\.days/),
    flipped: 1,
  },
  {
    title: 'snapshots: no appends',
    of: type(`${CONTAINER}/immutabilityPolicies`),
    path: 'properties.allowProtectedAppendWrites',
    holds: is(false),
    flipped: true,
  },
  {
    title: 'snapshots: a locked policy is left alone',
    of: type(`${CONTAINER}/immutabilityPolicies`),
    path: 'condition',
    holds: says(/not\(parameters\('retention'\)\.isLocked\)/),
    flipped: true,
  },
  {
    title: 'archive: soft delete of blobs',
    of: type(`${STORAGE}/blobServices`, 'archive'),
    path: 'properties.deleteRetentionPolicy.enabled',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'archive: soft delete of containers',
    of: type(`${STORAGE}/blobServices`, 'archive'),
    path: 'properties.containerDeleteRetentionPolicy.enabled',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'view: soft delete of blobs',
    of: type(`${STORAGE}/blobServices`, 'view'),
    path: 'properties.deleteRetentionPolicy.enabled',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'lifecycle: snapshots are never deleted',
    of: type(`${STORAGE}/managementPolicies`, 'archive'),
    path: 'properties.policy.rules.0.definition.actions.baseBlob',
    holds: saysNot(/delete/),
    flipped: { delete: { daysAfterModificationGreaterThan: 1 } },
  },
  {
    title: 'lifecycle: downloads are deleted after a day',
    of: type(`${STORAGE}/managementPolicies`, 'host'),
    path: 'properties.policy.rules.0.definition.actions.baseBlob.delete.daysAfterModificationGreaterThan',
    holds: is(1),
    flipped: 365,
  },
  {
    title: 'lifecycle: only downloads are deleted',
    of: type(`${STORAGE}/managementPolicies`, 'host'),
    path: 'properties.policy.rules.0.definition.filters.prefixMatch',
    holds: is(['billing-downloads/']),
    flipped: ['billing-'],
  },

  {
    title: 'vault: roles, not access policies',
    of: type(VAULT),
    path: 'properties.enableRbacAuthorization',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'vault: purge protection',
    of: type(VAULT),
    path: 'properties.enablePurgeProtection',
    holds: is(true),
    flipped: undefined,
  },
  {
    title: 'vault: soft delete',
    of: type(VAULT),
    path: 'properties.enableSoftDelete',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'vault: public access off when private',
    of: type(VAULT),
    path: 'properties.publicNetworkAccess',
    holds: says(/publicAccess\(parameters\('network'\)\)/),
    flipped: 'Enabled',
  },
  {
    title: 'vault: firewall that denies when private',
    of: type(VAULT),
    path: 'properties.networkAcls',
    holds: says(/vaultAcls\(parameters\('network'\)/),
    flipped: { defaultAction: 'Allow' },
  },

  {
    title: 'app: https only',
    of: type(SITE),
    path: 'properties.httpsOnly',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'app: at least TLS 1.2',
    of: type(SITE),
    path: 'properties.siteConfig.minTlsVersion',
    holds: is('1.2'),
    flipped: '1.0',
  },
  {
    title: 'app: user-assigned identity only',
    of: type(SITE),
    path: 'identity.type',
    holds: is('UserAssigned'),
    flipped: 'SystemAssigned',
  },
  {
    title: 'app: deployed with its identity',
    of: type(SITE),
    path: 'properties.functionAppConfig.deployment.storage.authentication.type',
    holds: is('UserAssignedIdentity'),
    flipped: 'StorageAccountConnectionString',
  },
  {
    title: 'app: instances are bounded',
    of: type(SITE),
    path: 'properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount',
    holds: says(/parameters\('maximumInstanceCount'\)/),
    flipped: undefined,
  },
  {
    title: 'app: in the VNet when private',
    of: type(SITE),
    path: 'properties.virtualNetworkSubnetId',
    holds: says(/parameters\('subnetId'\)/),
    flipped: undefined,
  },
  {
    title: 'app: closed to the internet when private',
    of: type(SITE),
    path: 'properties.siteConfig.ipSecurityRestrictionsDefaultAction',
    holds: says(/defaultAction\(parameters\('network'\)\)/),
    flipped: 'Allow',
  },
  {
    title: 'app: callers come through a private endpoint when private',
    of: type('Microsoft.Network/privateEndpoints', 'appEndpoint'),
    path: 'properties.privateLinkServiceConnections.0.properties.groupIds',
    holds: is(['sites']),
    flipped: [],
  },
  {
    title: 'app: the role for links gives no access to data',
    of: ({ symbol }) => symbol === 'delegator',
    path: 'properties.roleDefinitionId',
    holds: says(/storageBlobDelegator/),
    flipped: "[variables('builtIn').storageBlobDataOwner]",
  },
  {
    title: 'app: no publishing passwords',
    of: type(`${SITE}/basicPublishingCredentialsPolicies`),
    count: 2,
    path: 'properties.allow',
    holds: is(false),
    flipped: true,
  },
  {
    title: 'plan: Flex Consumption',
    of: type('Microsoft.Web/serverfarms'),
    path: 'sku.tier',
    holds: is('FlexConsumption'),
    flipped: 'Dynamic',
  },

  {
    title: 'custom roles: no delete, no wildcard',
    of: type(ROLE),
    count: 2,
    path: 'properties.permissions',
    holds: saysNot(/delete|\*/i),
    flipped: [
      { dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'] },
    ],
  },
  {
    title: 'custom roles: no control of resources',
    of: type(ROLE),
    count: 2,
    path: 'properties.permissions.0.actions',
    holds: saysNot(/write|action/i),
    flipped: ['Microsoft.Storage/storageAccounts/write'],
  },
  {
    title: 'custom roles: for this resource group only',
    of: type(ROLE),
    count: 2,
    path: 'properties.assignableScopes',
    holds: is(['[resourceGroup().id]']),
    flipped: ['/'],
  },
  {
    title: 'assignments: each on a resource, none on the group',
    of: type(ASSIGNMENT),
    count: 12,
    path: 'scope',
    holds: says(/resourceId\('Microsoft\.(Storage|KeyVault|Insights)/),
    flipped: undefined,
  },
  {
    title: 'assignments: archive data by container or queue',
    of: ({ module, symbol, resource }) =>
      type(ASSIGNMENT)({ module, symbol, resource }) &&
      symbol !== 'delegator' &&
      says(/archiveName/)(resource.scope),
    count: 7,
    path: 'scope',
    holds: says(/(containers|queues)', parameters\('archiveName'\), 'default', '/),
    flipped: "[resourceId('Microsoft.Storage/storageAccounts', parameters('archiveName'))]",
  },
  {
    title: 'assignments: the app can read grants but not create them',
    of: ({ symbol }) => symbol === 'accessReader',
    path: 'properties.roleDefinitionId',
    holds: says(/storageBlobDataReader/),
    flipped: "[variables('builtIn').storageBlobDataOwner]",
  },
  {
    title: 'assignments: people can only read the view',
    of: ({ symbol }) => symbol === 'viewReader',
    path: 'properties.roleDefinitionId',
    holds: says(/storageBlobDataReader/),
    flipped: "[variables('builtIn').storageBlobDataOwner]",
  },
  {
    title: 'assignments: only secrets of this vault',
    of: ({ symbol }) => symbol === 'secretsUser',
    path: 'scope',
    holds: says(/Microsoft\.KeyVault\/vaults', parameters\('vaultName'\)/),
    flipped: undefined,
  },
  {
    title: 'assignments: secrets can be read, not changed',
    of: ({ symbol }) => symbol === 'secretsUser',
    path: 'properties.roleDefinitionId',
    holds: says(/keyVaultSecretsUser/),
    flipped: "[variables('builtIn').keyVaultAdministrator]",
  },

  {
    title: 'logs: diagnostic settings go to the workspace',
    of: type(DIAGNOSTICS),
    count: 5,
    path: 'properties.workspaceId',
    holds: says(/parameters\('workspaceId'\)/),
    flipped: undefined,
  },
  {
    title: 'logs: deletes in storage are logged',
    of: ({ module, symbol, resource }) =>
      type(DIAGNOSTICS)({ module, symbol, resource }) &&
      ['archive', 'view', 'host'].includes(module),
    count: 3,
    path: 'properties.logs',
    holds: says(/StorageDelete/),
    flipped: [],
  },
  {
    title: 'logs: reads of secrets are logged',
    of: type(DIAGNOSTICS, 'vault'),
    path: 'properties.logs',
    holds: says(/AuditEvent/),
    flipped: [],
  },
  {
    title: 'telemetry: tokens only',
    of: type('Microsoft.Insights/components'),
    path: 'properties.DisableLocalAuth',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'workspace: tokens only',
    of: type('Microsoft.OperationalInsights/workspaces'),
    path: 'properties.features.disableLocalAuth',
    holds: is(true),
    flipped: false,
  },
  {
    title: 'alerts: enabled, with an action group',
    of: type('Microsoft.Insights/scheduledQueryRules'),
    path: 'properties.actions.actionGroups',
    holds: is(["[parameters('actionGroupId')]"]),
    flipped: [],
  },

  {
    title: 'network: an endpoint for every service',
    of: type('Microsoft.Network/privateEndpoints', 'endpoints'),
    path: 'copy.count',
    holds: says(/variables\('endpoints'\)/),
    flipped: 0,
  },
  {
    title: 'network: names resolve only inside the VNet',
    of: type('Microsoft.Network/privateDnsZones/virtualNetworkLinks'),
    count: 2,
    path: 'properties.registrationEnabled',
    holds: is(false),
    flipped: true,
  },
]

export const assertions: readonly Assertion[] = [...everyAccount, ...others, ...guards]

/** Titles of failing assertions. */
export function failing(resources: readonly Placed[]): string[] {
  return assertions.filter((each) => !holds(each, resources)).map((each) => each.title)
}

/** Titles of assertions that still hold when their property is flipped. */
export function unfailing(resources: readonly Placed[]): string[] {
  return assertions
    .filter((each) => {
      const flipped = resources.map((placed) =>
        each.of(placed)
          ? { ...placed, resource: withValueAt(placed.resource, each.path, each.flipped) }
          : placed,
      )
      return holds(each, flipped)
    })
    .map((each) => each.title)
}

function holds(
  { of, count = 1, path, holds: isRight }: Assertion,
  resources: readonly Placed[],
): boolean {
  const found = resources.filter(of)
  return (
    found.length >= count &&
    found.every(({ resource }) => isRight(valueAt(resource, path), resource))
  )
}
