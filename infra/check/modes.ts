/** The deployment modes, each as a parameter file. */
import type { Bicep } from './bicep-cli.ts'
import { type Cloud, china, publicCloud, usGovernment } from './clouds.ts'
import { UPLOAD_RULE } from './refusals.ts'
import { inCopy, type Predicted, snapshot } from './snapshot.ts'

interface Mode {
  readonly name: string
  /** Name of the deployment, if it matters. */
  readonly called?: string
  /** Parameters in addition to the required ones. */
  readonly parameters: readonly string[]
  readonly location?: string
  readonly cloud?: Cloud
  /** Rules of refusals.ts that this mode breaks intentionally. */
  readonly allowed?: readonly string[]
}

const SUBSCRIPTION = '12345678-90ab-cdef-1234-567890abcdef'
const HUB = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hub/providers`
const SUBNETS = `${HUB}/Microsoft.Network/virtualNetworks/vnet-spoke/subnets`
const PRIVATE = "param network = { isPrivate: true, addressPrefix: '10.71.0.0/24' }"

export const modes: readonly Mode[] = [
  { name: 'public', parameters: ['param network = { isPrivate: false }'] },
  {
    name: 'selected-networks',
    parameters: [
      "param network = { isPrivate: false, allowedIpRanges: ['203.0.113.7', '198.51.100.0/24'], hasFixedAddress: true }",
    ],
  },
  { name: 'private', parameters: [PRIVATE] },
  {
    name: 'private-with-administrators',
    parameters: [
      "param network = { isPrivate: true, administratorIpRanges: ['203.0.113.7'], hasFixedAddress: true }",
    ],
  },
  {
    name: 'private-deployed-from-the-network',
    parameters: [
      "param network = { isPrivate: true, deployFrom: 'network', addressPrefix: '10.71.0.0/24' }",
    ],
    allowed: [UPLOAD_RULE],
  },
  {
    name: 'private-with-existing-network',
    parameters: [
      `param network = {
  isPrivate: true
  functionSubnetId: '${SUBNETS}/functions'
  endpointSubnetId: '${SUBNETS}/endpoints'
  dnsZones: 'existing'
  dnsZonesGroupId: '/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-dns'
}`,
      `param workspaceId = '${HUB}/Microsoft.OperationalInsights/workspaces/log-hub'`,
    ],
  },
  {
    name: 'landing-zone-with-a-dns-policy',
    parameters: [
      `param network = {
  isPrivate: true
  functionSubnetId: '${SUBNETS}/functions'
  endpointSubnetId: '${SUBNETS}/endpoints'
  dnsZones: 'policy'
}`,
    ],
  },
  {
    name: 'us-government',
    cloud: usGovernment,
    location: 'usgovvirginia',
    parameters: [PRIVATE, "param eaReportingEndpoint = 'https://ea-source.example'"],
  },
  {
    name: 'china',
    cloud: china,
    location: 'chinanorth3',
    parameters: [PRIVATE, "param eaReportingEndpoint = 'https://ea-source.example'"],
  },
  { name: 'contributor', parameters: [PRIVATE, 'param assignRoles = false'] },
  { name: 'locked', parameters: [PRIVATE, 'param retention = { days: 3650, isLocked: true }'] },
  {
    name: 'replicated',
    parameters: [
      PRIVATE,
      "param copy = { location: 'northeurope' }",
      "param redundancy = 'Standard_RAGZRS'",
      'param zoneRedundant = true',
    ],
  },
  {
    name: 'taken-over-from-the-copy',
    called: 'Contoso-Billing_replicated-copy',
    location: 'northeurope',
    parameters: [PRIVATE, "param redundancy = 'Standard_RAGZRS'"],
  },
  {
    name: 'copy-added-after-locking',
    parameters: [
      PRIVATE,
      'param retention = { days: 3650, isLocked: true }',
      "param copy = { location: 'North Europe' }",
    ],
  },
  {
    name: 'customer-managed-key',
    parameters: [
      PRIVATE,
      `param encryptionKey = {
  vaultUri: 'https://contoso-keys.vault.azure.net'
  keyName: 'billing-archive'
  identityId: '${HUB}/Microsoft.ManagedIdentity/userAssignedIdentities/id-keys'
}`,
      "param copy = { location: 'northeurope' }",
    ],
  },
  { name: 'after-a-teardown', parameters: [PRIVATE, "param vaultCreateMode = 'recover'"] },
  {
    name: 'tokens-and-readers',
    parameters: [
      PRIVATE,
      "param entra = { tenantId: '11111111-2222-3333-4444-555555555555', audiences: ['api://billing'], enrollments: ['100'] }",
      `param viewReaders = [
  { principalId: '66666666-7777-8888-9999-000000000000' }
  {
    principalId: '66666666-7777-8888-9999-000000000001'
    principalType: 'ServicePrincipal'
    enrollments: ['100', '200']
    hasShortcuts: true
  }
]`,
      `param viewAccess = {
  ipRanges: ['198.51.100.17']
  workspaceIds: ['${HUB}/Microsoft.Synapse/workspaces/syn-contoso']
}`,
      'param alwaysReadyWorkers = 1',
      "param budget = { amount: 200, from: '2026-12-01' }",
    ],
  },
]

export interface Evaluated extends Mode {
  readonly resources: readonly Predicted[]
}

/** All modes with their resources. Rejects with Bicep's message if one does not compile. */
export async function evaluateModes(bicep: Bicep): Promise<Evaluated[]> {
  const found: Evaluated[] = []
  for (const mode of modes) {
    const text = [
      "using 'main.bicep'",
      `param name = '${mode.called ?? `Contoso-Billing_${mode.name}`}'`,
      "param enrollments = ['100', '200']",
      "param alertEmail = 'finops@contoso.example'",
      ...mode.parameters,
    ].join('\n')
    const place = { subscription: SUBSCRIPTION, location: mode.location ?? 'westeurope' }
    const resources = await inCopy(
      (folder) => snapshot(bicep, folder, mode.name, `${text}\n`, place),
      mode.cloud ?? publicCloud,
    )
    found.push({ ...mode, resources })
  }
  return found
}
