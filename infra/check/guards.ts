/** Assertions on what prevents deletion of the archive, or reports it. */
import { type Assertion, is, says, saysNot, type } from './assertion.ts'

const STORAGE = 'Microsoft.Storage/storageAccounts'
const LOCK = 'Microsoft.Authorization/locks'
const ACTIVITY = 'Microsoft.Insights/activityLogAlerts'
const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings'
const QUERY_RULE = 'Microsoft.Insights/scheduledQueryRules'
const SITE = 'Microsoft.Web/sites'
const GROUPS = 'Microsoft.Resources/resourceGroups'

type Row = readonly [
  title: string,
  of: Assertion['of'],
  path: string,
  holds: Assertion['holds'],
  flipped: unknown,
  count?: number,
]

const named =
  (symbol: string) =>
  ({ symbol: found }: Parameters<Assertion['of']>[0]): boolean =>
    found === symbol

const called =
  (name: string) =>
  ({ resource }: Parameters<Assertion['of']>[0]): boolean =>
    resource.name === name

/** True if a log category is enabled. */
const logs = (category: string) => (value: unknown) =>
  Array.isArray(value) &&
  value.some(
    (each: { category?: string; enabled?: boolean }) =>
      each.category === category && each.enabled === true,
  )

const rows: readonly Row[] = [
  [
    'storage: no copies to other tenants',
    type(STORAGE),
    'properties.allowedCopyScope',
    is('AAD'),
    undefined,
    3,
  ],
  [
    'storage: long links are logged',
    type(STORAGE),
    'properties.sasPolicy.expirationAction',
    is('Log'),
    undefined,
    3,
  ],
  [
    'storage: links of at most an hour',
    type(STORAGE),
    'properties.sasPolicy.sasExpirationPeriod',
    is('00.01:00:00'),
    '30.00:00:00',
    3,
  ],
  [
    'archive: encrypted twice by default',
    type(STORAGE, 'archive'),
    'properties.encryption',
    says(/'requireInfrastructureEncryption', parameters\('infrastructureEncryption'\)/),
    {},
  ],
  [
    "archive: queues have the account's key",
    type(STORAGE, 'archive'),
    'properties.encryption',
    says(/'queue', createObject\('enabled', true\(\), 'keyType', 'Account'\)/),
    {},
  ],
  [
    'archive: versioning on',
    type(`${STORAGE}/blobServices`, 'archive'),
    'properties.isVersioningEnabled',
    is(true),
    false,
  ],
  [
    'archive: deleted blobs for thirty days',
    type(`${STORAGE}/blobServices`, 'archive'),
    'properties.deleteRetentionPolicy.days',
    is(30),
    1,
  ],
  [
    'archive: deleted containers for thirty days',
    type(`${STORAGE}/blobServices`, 'archive'),
    'properties.containerDeleteRetentionPolicy.days',
    is(30),
    1,
  ],
  [
    'host: no versioning, so that downloads are kept for a day only',
    type(`${STORAGE}/blobServices`, 'host'),
    'properties.isVersioningEnabled',
    is(false),
    true,
  ],
  [
    'host: no soft delete',
    type(`${STORAGE}/blobServices`, 'host'),
    'properties.deleteRetentionPolicy.enabled',
    is(false),
    true,
  ],
  [
    "lifecycle: the host's account has one rule, for downloads only",
    type(`${STORAGE}/managementPolicies`, 'host'),
    'properties.policy.rules.length',
    is(1),
    2,
  ],
  [
    'lifecycle: in the archive, rules delete only versions',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules',
    saysNot(/"baseBlob":\{[^}]*"delete"/),
    [{ definition: { actions: { baseBlob: { delete: {} } } } }],
  ],
  [
    'lifecycle: versions of the state are deleted after a month',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules.1.definition.actions.version.delete.daysAfterCreationGreaterThan',
    is(30),
    0,
  ],
  [
    'lifecycle: only versions of the state are deleted',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules.1.definition.actions',
    saysNot(/baseBlob/),
    { baseBlob: { delete: {} } },
  ],
  [
    'lifecycle: the rule for the state applies to the state only',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules.1.definition.filters.prefixMatch',
    is(['billing-state/']),
    ['billing-'],
  ],
  [
    'archive: reads are logged',
    named('blobDiagnostics'),
    'properties.logs',
    logs('StorageRead'),
    [],
  ],
  [
    'archive: writes are logged',
    named('blobDiagnostics'),
    'properties.logs',
    logs('StorageWrite'),
    [],
  ],
  [
    'archive: deletes are logged',
    named('blobDiagnostics'),
    'properties.logs',
    logs('StorageDelete'),
    [],
  ],
  [
    'queues: writes are logged',
    named('queueDiagnostics'),
    'properties.logs',
    logs('StorageWrite'),
    [],
  ],
  [
    'queues: deletes are logged',
    named('queueDiagnostics'),
    'properties.logs',
    logs('StorageDelete'),
    [],
  ],
  ['host: reads are logged', type(DIAGNOSTICS, 'host'), 'properties.logs', logs('StorageRead'), []],
  ['view: reads are logged', type(DIAGNOSTICS, 'view'), 'properties.logs', logs('StorageRead'), []],
  [
    'vault: reads of secrets are logged',
    type(DIAGNOSTICS, 'vault'),
    'properties.logs',
    logs('AuditEvent'),
    [],
  ],
  [
    "locks: the archive and the vault can't be deleted",
    type(LOCK),
    'properties.level',
    is('CanNotDelete'),
    'ReadOnly',
    2,
  ],
  ['locks: notes say what to do', type(LOCK), 'properties.notes', says(/Teardown/), '', 2],
  [
    'locks: of the archive',
    called('archive-cannot-be-deleted'),
    'scope',
    says(/archiveName/),
    undefined,
  ],
  ['locks: of the vault', called('vault-cannot-be-deleted'), 'scope', says(/vaultName/), undefined],
  [
    'activity: alerts are enabled',
    type(ACTIVITY, 'activityAlerts'),
    'properties.enabled',
    is(true),
    false,
  ],
  [
    'activity: alerts have an action group',
    type(ACTIVITY, 'activityAlerts'),
    'properties.actions.actionGroups',
    says(/actionGroupId/),
    [],
  ],
  [
    'activity: of this group',
    type(ACTIVITY, 'activityAlerts'),
    'properties.scopes',
    says(/parameters\('groupIds'\)/),
    [],
  ],
  [
    'activity: completed operations',
    type(ACTIVITY, 'activityAlerts'),
    'properties.condition.allOf.2.equals',
    is('Succeeded'),
    'Started',
  ],
  [
    'activity: of administration',
    type(ACTIVITY, 'activityAlerts'),
    'properties.condition.allOf.0.equals',
    is('Administrative'),
    'Policy',
  ],
  [
    'alerts: created even if their tables do not exist yet',
    type(QUERY_RULE),
    'properties.skipQueryValidation',
    is(true),
    false,
  ],
  ['alerts: enabled', type(QUERY_RULE), 'properties.enabled', is(true), false],
  [
    'alerts: query our telemetry',
    type(QUERY_RULE, 'alerts'),
    'properties.scopes',
    says(/insightsId/),
    [],
  ],
  [
    'app: code can be uploaded when private, by default',
    type(SITE),
    'properties.publicNetworkAccess',
    says(/deployFrom.*'network'.*'Disabled', 'Enabled'/),
    'Disabled',
  ],
  [
    'app: the deployment endpoint has rules of its own',
    type(SITE),
    'properties.siteConfig.scmIpSecurityRestrictionsUseMain',
    is(false),
    true,
  ],
  [
    'app: deployments need a token, not an address',
    type(SITE),
    'properties.siteConfig.scmIpSecurityRestrictionsDefaultAction',
    is('Allow'),
    'Deny',
  ],
  [
    'app: no setting that Flex Consumption rejects',
    type(SITE),
    'properties.siteConfig',
    saysNot(/ftpsState|linuxFxVersion|alwaysOn/),
    { ftpsState: 'Disabled' },
  ],
  [
    'app: reads references with its own identity',
    type(SITE),
    'properties.keyVaultReferenceIdentity',
    says(/identityId/),
    undefined,
  ],
  ['app: no instance affinity', type(SITE), 'properties.clientAffinityEnabled', is(false), true],
  ['app: tagged for azd', type(SITE), 'tags', says(/azd-service-name/), {}],
  [
    'plan: zones are a parameter',
    type('Microsoft.Web/serverfarms'),
    'properties.zoneRedundant',
    says(/zoneRedundant/),
    undefined,
  ],
  [
    'vault: can be recovered',
    type('Microsoft.KeyVault/vaults'),
    'properties.createMode',
    says(/createMode/),
    'default',
  ],
  [
    'vault: recoverable for ninety days',
    type('Microsoft.KeyVault/vaults'),
    'properties.softDeleteRetentionInDays',
    is(90),
    7,
  ],
  [
    'custom roles: names are unique in a tenant',
    type('Microsoft.Authorization/roleDefinitions'),
    'properties.roleName',
    says(/place/),
    'Billing Archive Blob Writer',
    2,
  ],
  [
    'custom roles: only for this group',
    type('Microsoft.Authorization/roleDefinitions'),
    'properties.assignableScopes',
    says(/resourceGroup\(\)\.id/),
    ['/'],
    2,
  ],
  ['group: tagged for azd', type(GROUPS), 'tags', says(/allTags/), {}],
]

export const guards: readonly Assertion[] = rows.map(
  ([title, of, path, holds, flipped, count = 1]) => ({ title, of, path, holds, flipped, count }),
)
