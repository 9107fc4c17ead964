/** What keeps people from taking the archive away, or tells when they do. */
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

/** The setting of a log category is on. */
const logs = (category: string) => (value: unknown) =>
  Array.isArray(value) &&
  value.some(
    (each: { category?: string; enabled?: boolean }) =>
      each.category === category && each.enabled === true,
  )

const rows: readonly Row[] = [
  [
    'storage: nothing is copied to other tenants',
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
    'storage: links of an hour at most',
    type(STORAGE),
    'properties.sasPolicy.sasExpirationPeriod',
    is('00.01:00:00'),
    '30.00:00:00',
    3,
  ],
  [
    'archive: encrypted twice, if it is not said otherwise',
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
    'archive: versions are kept',
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
    'host: no versions, so that the day of exports is a day',
    type(`${STORAGE}/blobServices`, 'host'),
    'properties.isVersioningEnabled',
    is(false),
    true,
  ],
  [
    'host: what is deleted is gone',
    type(`${STORAGE}/blobServices`, 'host'),
    'properties.deleteRetentionPolicy.enabled',
    is(false),
    true,
  ],
  [
    'lifecycle: one rule in the account of the host, of exports alone',
    type(`${STORAGE}/managementPolicies`, 'host'),
    'properties.policy.rules.length',
    is(1),
    2,
  ],
  [
    'lifecycle: of the archive no rule deletes but versions',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules',
    saysNot(/"baseBlob":\{[^}]*"delete"/),
    [{ definition: { actions: { baseBlob: { delete: {} } } } }],
  ],
  [
    'lifecycle: versions of the state live a month',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules.1.definition.actions.version.delete.daysAfterCreationGreaterThan',
    is(30),
    0,
  ],
  [
    'lifecycle: of the state only versions are deleted',
    type(`${STORAGE}/managementPolicies`, 'archive'),
    'properties.policy.rules.1.definition.actions',
    saysNot(/baseBlob/),
    { baseBlob: { delete: {} } },
  ],
  [
    'lifecycle: the rule of the state is about the state',
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
  ['locks: say what to do', type(LOCK), 'properties.notes', says(/Teardown/), '', 2],
  [
    'locks: of the archive',
    called('archive-cannot-be-deleted'),
    'scope',
    says(/archiveName/),
    undefined,
  ],
  ['locks: of the vault', called('vault-cannot-be-deleted'), 'scope', says(/vaultName/), undefined],
  [
    'activity: alerts are on',
    type(ACTIVITY, 'activityAlerts'),
    'properties.enabled',
    is(true),
    false,
  ],
  [
    'activity: somebody is told',
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
    'activity: of what has happened',
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
    'alerts: made whether or not their tables are there',
    type(QUERY_RULE),
    'properties.skipQueryValidation',
    is(true),
    false,
  ],
  ['alerts: enabled', type(QUERY_RULE), 'properties.enabled', is(true), false],
  [
    'alerts: about our telemetry',
    type(QUERY_RULE, 'alerts'),
    'properties.scopes',
    says(/insightsId/),
    [],
  ],
  [
    'app: code can be uploaded when private, unless asked otherwise',
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
    'app: who deploys is asked for a token, not for an address',
    type(SITE),
    'properties.siteConfig.scmIpSecurityRestrictionsDefaultAction',
    is('Allow'),
    'Deny',
  ],
  [
    'app: nothing that Flex Consumption refuses',
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
  [
    'app: is not bound to one instance',
    type(SITE),
    'properties.clientAffinityEnabled',
    is(false),
    true,
  ],
  ['app: found by azd', type(SITE), 'tags', says(/azd-service-name/), {}],
  [
    'plan: zones are a parameter',
    type('Microsoft.Web/serverfarms'),
    'properties.zoneRedundant',
    says(/zoneRedundant/),
    undefined,
  ],
  [
    'vault: can be brought back',
    type('Microsoft.KeyVault/vaults'),
    'properties.createMode',
    says(/createMode/),
    'default',
  ],
  [
    'vault: deleted for ninety days',
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
    'custom roles: of this group alone',
    type('Microsoft.Authorization/roleDefinitions'),
    'properties.assignableScopes',
    says(/resourceGroup\(\)\.id/),
    ['/'],
    2,
  ],
  ['group: found by azd', type(GROUPS), 'tags', says(/allTags/), {}],
]

export const guards: readonly Assertion[] = rows.map(
  ([title, of, path, holds, flipped, count = 1]) => ({ title, of, path, holds, flipped, count }),
)
