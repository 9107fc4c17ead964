/** What the tables of assertions on deployment modes are written with. */
import type { Predicted } from '../snapshot.ts'

export const ACCOUNT = 'Microsoft.Storage/storageAccounts'
export const VAULT = 'Microsoft.KeyVault/vaults'
export const SITE = 'Microsoft.Web/sites'
export const NSG = 'Microsoft.Network/networkSecurityGroups'
export const VNET = 'Microsoft.Network/virtualNetworks'
export const SUBNET = `${VNET}/subnets`
export const ZONE = 'Microsoft.Network/privateDnsZones'
export const ZONE_GROUP = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups'
export const METRIC = 'Microsoft.Insights/metricAlerts'
export const BUDGET = 'Microsoft.Consumption/budgets'
export const REPLICATION = `${ACCOUNT}/objectReplicationPolicies`
export const ROLE = 'Microsoft.Authorization/roleAssignments'

/** One assertion on a mode: how many resources it is about, a path in them, and a value that must make it fail. */
export type ModeRow = readonly [
  mode: string,
  title: string,
  of: (resource: Predicted) => boolean,
  count: number,
  path: string,
  holds: (value: unknown) => boolean,
  flipped: unknown,
]

export const a =
  (type: string, name = /./) =>
  (resource: Predicted): boolean =>
    resource.type === type && name.test(resource.name)

export const readerOf =
  (principal: string, role: string) =>
  ({ type, properties }: Predicted): boolean =>
    type === ROLE &&
    properties?.['principalId'] === principal &&
    String(properties['roleDefinitionId']).includes(role)

export const DATA_READER = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
export const DELEGATOR = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
export const EVERYBODY = '66666666-7777-8888-9999-000000000000'
export const SOME = '66666666-7777-8888-9999-000000000001'
export const ADMINISTRATORS = [{ value: '203.0.113.7', action: 'Allow' }]

/** Direction, access and prefix of a rule as one text. */
export const ruleTexts = (value: unknown): string[] =>
  (value as { properties: Record<string, unknown> }[]).map(({ properties }) =>
    [
      properties['direction'],
      properties['access'],
      properties['destinationPortRange'],
      properties['sourceAddressPrefix'],
      properties['destinationAddressPrefix'],
    ].join(' '),
  )
