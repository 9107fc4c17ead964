/**
 * Assertions on the evaluated values of each deployment mode, each with a value that must make the check
 * fail.
 */
import { valueAt, withValueAt } from './arm.ts'
import { is, says, saysNot } from './assertion.ts'
import { publicHosts } from './clouds.ts'
import type { Evaluated } from './modes.ts'
import { unreachable } from './reachable.ts'
import type { Predicted } from './snapshot.ts'

const ACCOUNT = 'Microsoft.Storage/storageAccounts'
const VAULT = 'Microsoft.KeyVault/vaults'
const SITE = 'Microsoft.Web/sites'
const NSG = 'Microsoft.Network/networkSecurityGroups'
const VNET = 'Microsoft.Network/virtualNetworks'
const SUBNET = `${VNET}/subnets`
const ZONE = 'Microsoft.Network/privateDnsZones'
const ZONE_GROUP = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups'
const METRIC = 'Microsoft.Insights/metricAlerts'
const BUDGET = 'Microsoft.Consumption/budgets'
const REPLICATION = `${ACCOUNT}/objectReplicationPolicies`
const ROLE = 'Microsoft.Authorization/roleAssignments'

type Row = readonly [
  mode: string,
  title: string,
  of: (resource: Predicted) => boolean,
  count: number,
  path: string,
  holds: (value: unknown) => boolean,
  flipped: unknown,
]

const a =
  (type: string, name = /./) =>
  (resource: Predicted): boolean =>
    resource.type === type && name.test(resource.name)

const readerOf =
  (principal: string, role: string) =>
  ({ type, properties }: Predicted): boolean =>
    type === ROLE &&
    properties?.['principalId'] === principal &&
    String(properties['roleDefinitionId']).includes(role)

const DATA_READER = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
const DELEGATOR = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
const EVERYBODY = '66666666-7777-8888-9999-000000000000'
const SOME = '66666666-7777-8888-9999-000000000001'
const ADMINISTRATORS = [{ value: '203.0.113.7', action: 'Allow' }]

/** Direction, access and prefix of a rule as one text. */
const ruleTexts = (value: unknown): string[] =>
  (value as { properties: Record<string, unknown> }[]).map(({ properties }) =>
    [
      properties['direction'],
      properties['access'],
      properties['destinationPortRange'],
      properties['sourceAddressPrefix'],
      properties['destinationAddressPrefix'],
    ].join(' '),
  )

const rows: readonly Row[] = [
  [
    'private',
    'accounts have no public address',
    a(ACCOUNT),
    3,
    'properties.publicNetworkAccess',
    is('Disabled'),
    'Enabled',
  ],
  [
    'private',
    'the vault has no public address',
    a(VAULT),
    1,
    'properties.publicNetworkAccess',
    is('Disabled'),
    'Enabled',
  ],
  [
    'private',
    'accounts deny',
    a(ACCOUNT),
    3,
    'properties.networkAcls.defaultAction',
    is('Deny'),
    'Allow',
  ],
  [
    'private',
    'the app denies callers from the internet',
    a(SITE),
    1,
    'properties.siteConfig.ipSecurityRestrictionsDefaultAction',
    is('Deny'),
    'Allow',
  ],
  [
    'private',
    'the app is in the VNet',
    a(SITE),
    1,
    'properties.virtualNetworkSubnetId',
    says(/functionSubnetId|subnets\/functions/),
    null,
  ],
  [
    'private',
    'endpoints accept only https from the VNet',
    a(NSG, /endpoints/),
    1,
    'properties.securityRules',
    (value) => is(['Inbound Allow 443 VirtualNetwork *', 'Inbound Deny * * *'])(ruleTexts(value)),
    [],
  ],
  [
    'private',
    'the app can reach the internet only over https',
    a(NSG, /functions/),
    1,
    'properties.securityRules',
    (value) =>
      is(['Outbound Allow 443 * *', 'Outbound Deny * * Internet', 'Inbound Deny * Internet *'])(
        ruleTexts(value),
      ),
    [],
  ],
  [
    'private',
    'subnets have rules',
    a(SUBNET),
    2,
    'properties.networkSecurityGroup.id',
    says(/networkSecurityGroups/),
    undefined,
  ],
  [
    'private',
    'every endpoint is registered',
    a(ZONE_GROUP),
    9,
    'properties.privateDnsZoneConfigs',
    says(/privatelink/),
    [],
  ],
  [
    'private',
    'no own network in the firewalls',
    a(ACCOUNT),
    3,
    'properties.networkAcls.virtualNetworkRules',
    is([]),
    [{}],
  ],
  [
    'private-with-administrators',
    'administrators reach storage',
    a(ACCOUNT),
    3,
    'properties.networkAcls.ipRules',
    is(ADMINISTRATORS),
    [],
  ],
  [
    'private-with-administrators',
    'administrators reach the vault',
    a(VAULT),
    1,
    'properties.networkAcls.ipRules',
    is([{ value: '203.0.113.7' }]),
    [],
  ],
  [
    'private-with-administrators',
    'administrators reach the app',
    a(SITE),
    1,
    'properties.siteConfig.ipSecurityRestrictions.0.ipAddress',
    is('203.0.113.7/32'),
    undefined,
  ],
  [
    'private-with-administrators',
    'no one else reaches storage',
    a(ACCOUNT),
    3,
    'properties.networkAcls.defaultAction',
    is('Deny'),
    'Allow',
  ],
  [
    'private-with-administrators',
    'address rules are effective',
    a(ACCOUNT),
    3,
    'properties.publicNetworkAccess',
    is('Enabled'),
    'Disabled',
  ],
  [
    'private-with-administrators',
    'the app connects from one address',
    a(SUBNET, /functions$/),
    1,
    'properties.natGateway.id',
    says(/natGateways/),
    null,
  ],
  [
    'private-with-administrators',
    'the address is fixed',
    a('Microsoft.Network/publicIPAddresses'),
    1,
    'properties.publicIPAllocationMethod',
    is('Static'),
    'Dynamic',
  ],
  [
    'selected-networks',
    'the app reaches storage by its subnet',
    a(ACCOUNT),
    3,
    'properties.networkAcls.virtualNetworkRules.0.action',
    is('Allow'),
    undefined,
  ],
  [
    'selected-networks',
    'the app reaches the vault by its subnet',
    a(VAULT),
    1,
    'properties.networkAcls.virtualNetworkRules',
    says(/id/),
    [],
  ],
  [
    'selected-networks',
    'the subnet has the endpoints of those services',
    a(SUBNET, /functions$/),
    1,
    'properties.serviceEndpoints',
    is([
      { service: 'Microsoft.Storage' },
      { service: 'Microsoft.KeyVault' },
      { service: 'Microsoft.Web' },
    ]),
    [],
  ],
  [
    'selected-networks',
    'accounts deny everyone else',
    a(ACCOUNT),
    3,
    'properties.networkAcls.defaultAction',
    is('Deny'),
    'Allow',
  ],
  [
    'private-with-existing-network',
    'the app is in the given subnet',
    a(SITE),
    1,
    'properties.virtualNetworkSubnetId',
    says(/rg-hub.*vnet-spoke\/subnets\/functions$/),
    'x',
  ],
  [
    'private-with-existing-network',
    'endpoints are in the given subnet',
    a('Microsoft.Network/privateEndpoints'),
    9,
    'properties.subnet.id',
    says(/rg-hub.*vnet-spoke\/subnets\/endpoints$/),
    'x',
  ],
  [
    'private-with-existing-network',
    'endpoints are registered in the given zones',
    a(ZONE_GROUP),
    9,
    'properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId',
    says(/resourceGroups\/rg-dns\//),
    'x',
  ],
  [
    'private-with-existing-network',
    'logs go to the given workspace',
    a('Microsoft.Insights/components'),
    1,
    'properties.WorkspaceResourceId',
    says(/log-hub$/),
    'x',
  ],
  [
    'replicated',
    'the copy is as immutable as the archive',
    a(`${ACCOUNT}/blobServices/containers/immutabilityPolicies`),
    2,
    'properties.immutabilityPeriodSinceCreationInDays',
    is(3650),
    1,
  ],
  [
    'replicated',
    'all snapshots are replicated, including older ones',
    (r) => r.type === REPLICATION,
    2,
    'properties.rules.0.filters.minCreationTime',
    is('1601-01-01T00:00:00Z'),
    '2026-01-01T00:00:00Z',
  ],
  [
    'replicated',
    'only snapshots are replicated',
    (r) => r.type === REPLICATION,
    2,
    'properties.rules',
    (value) =>
      Array.isArray(value) &&
      value.length === 1 &&
      value[0].sourceContainer === 'billing-snapshots',
    [],
  ],
  [
    'replicated',
    'archive and copy have the change feed that replication needs',
    ({ type, properties }) =>
      type === `${ACCOUNT}/blobServices` && properties?.['isVersioningEnabled'] === true,
    2,
    'properties.changeFeed.enabled',
    is(true),
    false,
  ],
  [
    'copy-added-after-locking',
    "a new copy gets a policy even if the archive's is locked",
    a(`${ACCOUNT}/blobServices/containers/immutabilityPolicies`),
    1,
    'properties.immutabilityPeriodSinceCreationInDays',
    is(3650),
    1,
  ],
  [
    'replicated',
    'the copy is as redundant as the archive, so that a takeover changes nothing',
    a(ACCOUNT, /arc/),
    2,
    'sku.name',
    is('Standard_RAGZRS'),
    'Standard_LRS',
  ],
  [
    'replicated',
    "azd down does not delete the copy's group",
    a('Microsoft.Resources/resourceGroups', /-copy$/),
    1,
    'tags.azd-env-name',
    says(/-copy$/),
    'billing',
  ],
  [
    'selected-networks',
    'the app can call itself',
    a(SITE),
    1,
    'properties.siteConfig.ipSecurityRestrictions.2.vnetSubnetResourceId',
    says(/subnets\/functions$/),
    undefined,
  ],
  [
    'replicated',
    'several zones need a zone-redundant account',
    a(ACCOUNT, /host/),
    1,
    'sku.name',
    is('Standard_ZRS'),
    'Standard_LRS',
  ],
  [
    'private',
    'a role assignment on the subscription raises an alert',
    a('Microsoft.Insights/activityLogAlerts', /role-given$/),
    1,
    'properties.scopes',
    says(/^\["\/subscriptions\/[^/]+"\]$/),
    [],
  ],
  [
    'private',
    'listing keys raises an alert',
    a('Microsoft.Insights/activityLogAlerts', /keys-listed$/),
    1,
    'properties.condition.allOf.1.equals',
    is('Microsoft.Storage/storageAccounts/listKeys/action'),
    '',
  ],
  [
    'replicated',
    'the copy can be restored from within the network',
    a('Microsoft.Network/privateEndpoints', /^pe-copy-blob$/),
    1,
    'properties.privateLinkServiceConnections.0.properties.privateLinkServiceId',
    says(/-copy\//),
    'x',
  ],
  [
    'replicated',
    'the copy is in its region',
    (r) => r.type === ACCOUNT && /-copy\//.test(r.id),
    1,
    'location',
    is('northeurope'),
    'westeurope',
  ],
  [
    'replicated',
    'the copy has no public address either',
    (r) => r.type === ACCOUNT && /-copy\//.test(r.id),
    1,
    'properties.publicNetworkAccess',
    is('Disabled'),
    'Enabled',
  ],
  [
    'replicated',
    'the other region is always readable',
    (r) => r.type === ACCOUNT && /arc/.test(r.name) && !/-copy\//.test(r.id),
    1,
    'sku.name',
    is('Standard_RAGZRS'),
    'Standard_LRS',
  ],
  [
    'customer-managed-key',
    'archive, copy and view use the key',
    a(ACCOUNT, /arc|view/),
    3,
    'properties.encryption.keyvaultproperties.keyname',
    is('billing-archive'),
    undefined,
  ],
  [
    'customer-managed-key',
    'no key version is pinned, so that rotations take effect',
    a(ACCOUNT, /arc|view/),
    3,
    'properties.encryption.keyvaultproperties',
    saysNot(/keyversion/i),
    { keyversion: '1' },
  ],
  [
    'customer-managed-key',
    'the key is read with the given identity',
    a(ACCOUNT, /arc|view/),
    3,
    'properties.encryption.identity.userAssignedIdentity',
    says(/id-keys$/),
    undefined,
  ],
  [
    'customer-managed-key',
    'the accounts have that identity',
    a(ACCOUNT, /arc|view/),
    3,
    'identity.type',
    is('UserAssigned'),
    'None',
  ],
  [
    'tokens-and-readers',
    'a workspace reads the view',
    a(ACCOUNT, /view/),
    1,
    'properties.networkAcls.resourceAccessRules.0.resourceId',
    says(/syn-contoso$/),
    undefined,
  ],
  [
    'tokens-and-readers',
    'a gateway reads the view',
    a(ACCOUNT, /view/),
    1,
    'properties.networkAcls.ipRules',
    is([{ value: '198.51.100.17', action: 'Allow' }]),
    [],
  ],
  [
    'tokens-and-readers',
    'the rest of the internet does not',
    a(ACCOUNT, /view/),
    1,
    'properties.networkAcls.defaultAction',
    is('Deny'),
    'Allow',
  ],
  [
    'tokens-and-readers',
    'readers of the view do not reach the archive',
    a(ACCOUNT, /arc|host/),
    2,
    'properties.publicNetworkAccess',
    is('Disabled'),
    'Enabled',
  ],
  [
    'tokens-and-readers',
    'a reader without enrollments reads all',
    readerOf(EVERYBODY, DATA_READER),
    1,
    'properties',
    saysNot(/StringLike/),
    { condition: 'StringLike' },
  ],
  [
    'tokens-and-readers',
    'a reader of some enrollments reads their files',
    readerOf(SOME, DATA_READER),
    1,
    'properties.condition',
    says(/StringLike '\*\/enrollment=100\/\*' OR .*StringLike '\*\/enrollment=200\/\*'\)\)$/),
    undefined,
  ],
  [
    'tokens-and-readers',
    'the condition restricts reading, not listing',
    readerOf(SOME, DATA_READER),
    1,
    'properties.condition',
    says(
      /^\(\(!\(ActionMatches\{'Microsoft\.Storage\/storageAccounts\/blobServices\/containers\/blobs\/read'\} AND NOT SubOperationMatches\{'Blob\.List'\}\)\) OR \(/,
    ),
    'x',
  ],
  [
    'tokens-and-readers',
    'conditions have a version',
    readerOf(SOME, DATA_READER),
    1,
    'properties.conditionVersion',
    is('2.0'),
    undefined,
  ],
  [
    'tokens-and-readers',
    'shortcuts can get a delegation key',
    readerOf(SOME, DELEGATOR),
    1,
    'properties.principalType',
    is('ServicePrincipal'),
    'Group',
  ],
  [
    'tokens-and-readers',
    'there is a budget',
    a(BUDGET),
    1,
    'properties.notifications.forecastOver100.thresholdType',
    is('Forecasted'),
    'Actual',
  ],
  [
    'tokens-and-readers',
    'the budget has recipients',
    a(BUDGET),
    1,
    'properties.notifications.actualOver100.contactEmails',
    is(['finops@contoso.example']),
    [],
  ],
  [
    'private',
    'failures of storage and vault raise alerts',
    a(METRIC),
    3,
    'properties.criteria.allOf.0.metricName',
    is('Availability'),
    'Transactions',
  ],
  [
    'private',
    'incidents of Azure raise an alert',
    a('Microsoft.Insights/activityLogAlerts', /^health-/),
    1,
    'properties.condition.allOf.0.equals',
    is('ServiceHealth'),
    'Administrative',
  ],
  [
    'private',
    'a workspace that reaches its limit raises an alert',
    a('Microsoft.Insights/scheduledQueryRules', /logs-cut-off/),
    1,
    'properties.criteria.allOf.0.query',
    says(/OverQuota/),
    '',
  ],
  [
    'private',
    'logs have a daily limit',
    a('Microsoft.OperationalInsights/workspaces'),
    1,
    'properties.workspaceCapping.dailyQuotaGb',
    is(5),
    undefined,
  ],
]

/** Number of assertions on modes; those on all modes count once. */
export const modeAssertionCount = rows.length + 4

function holds([, , of, count, path, check]: Row, resources: readonly Predicted[]): boolean {
  const about = resources.filter(of)
  return about.length >= count && about.every((each) => check(valueAt(each, path)))
}

/** Failing assertions, in words. */
export function failingModes(modes: readonly Evaluated[]): string[] {
  const failed = rows.flatMap((row) => {
    const [name, title] = row
    return holds(row, resourcesOf(modes, name)) ? [] : [`${name}: ${title}`]
  })
  return [
    ...failed,
    ...modes.flatMap(({ name, resources }) => unreachable(resources).map((it) => `${name}: ${it}`)),
    ...modes
      .filter(({ cloud }) => cloud !== undefined)
      .flatMap(({ name, resources }) => publicHosts(resources).map((it) => `${name}: names ${it}`)),
    ...landingZoneFaults(resourcesOf(modes, 'landing-zone-with-a-dns-policy')),
    ...takeoverFaults(
      resourcesOf(modes, 'replicated'),
      resourcesOf(modes, 'taken-over-from-the-copy'),
    ),
  ]
}

/** Assertions that still hold when their property is flipped. */
export function unfailingModes(modes: readonly Evaluated[]): string[] {
  const found = rows.flatMap((row) => {
    const [name, title, of, , path, , flipped] = row
    const changed = resourcesOf(modes, name).map((each) =>
      of(each) ? withValueAt(each, path, flipped) : each,
    )
    return holds(row, changed) ? [`${name}: ${title}`] : []
  })
  const closed = resourcesOf(modes, 'private-with-administrators').map((each) =>
    each.type === ACCOUNT ? withValueAt(each, 'properties.networkAcls.ipRules', []) : each,
  )
  const unregistered = resourcesOf(modes, 'private').filter(({ name }) => name !== 'pe-host-blob')
  if (unreachable(closed).length === 0 || unreachable(unregistered).length === 0) {
    found.push('redirects can be followed')
  }
  if (publicHosts(resourcesOf(modes, 'private')).length === 0) found.push('hosts of the cloud')
  if (landingZoneFaults(resourcesOf(modes, 'private')).length === 0) found.push('landing zone')
  const replicated = resourcesOf(modes, 'replicated')
  if (takeoverFaults(replicated, replicated).length === 0) found.push('takeover of the copy')
  return found
}

/** A landing zone that has networks and registers endpoints itself gets neither from us. */
function landingZoneFaults(resources: readonly Predicted[]): string[] {
  const types = [ZONE, ZONE_GROUP, VNET, NSG]
  return resources
    .filter(({ type }) => types.includes(type))
    .map(({ type, name }) => `a landing zone has ${type} ${name} already`)
}

/** The deployment that takes over the copy must find it under its own names, and change nothing. */
function takeoverFaults(
  replicated: readonly Predicted[],
  takenOver: readonly Predicted[],
): string[] {
  const copy = replicated.find(({ type, id }) => type === ACCOUNT && /-copy\//.test(id))
  const archive = takenOver.find(({ type, name }) => type === ACCOUNT && /arc/.test(name))
  if (copy === undefined || archive === undefined) return ['there is no copy to take over']
  const differing = ['id', 'location', 'sku', 'kind', 'identity'].filter(
    (key) => JSON.stringify(copy[key]) !== JSON.stringify(archive[key]),
  )
  return differing.map((key) => `the takeover of the copy changes its ${key}`)
}

function resourcesOf(modes: readonly Evaluated[], name: string): readonly Predicted[] {
  const found = modes.find((mode) => mode.name === name)
  if (found === undefined) throw new Error(`there is no mode ${name}`)
  return found.resources
}
