/** The ways in which it is deployed, each as a file of parameters. */
import type { Bicep } from './bicep-cli.ts'
import { UPLOAD_RULE } from './refusals.ts'
import { inCopy, type Predicted, snapshot } from './snapshot.ts'

interface Mode {
  readonly name: string
  /** Parameters beside those that every deployment needs. */
  readonly parameters: string
  readonly location?: string
  /** Rules of refusals.ts that it breaks on purpose. */
  readonly allowed?: readonly string[]
}

const PRIVATE = "{ isPrivate: true, addressPrefix: '10.71.0.0/24' }"

export const modes: readonly Mode[] = [
  { name: 'public', parameters: 'param network = { isPrivate: false }' },
  {
    name: 'selected-networks',
    parameters:
      "param network = { isPrivate: false, allowedIpRanges: ['203.0.113.7', '198.51.100.0/24'] }",
  },
  { name: 'private', parameters: `param network = ${PRIVATE}` },
  {
    name: 'private-deployed-from-the-network',
    parameters:
      "param network = { isPrivate: true, deployFrom: 'network', addressPrefix: '10.71.0.0/24' }",
    allowed: [UPLOAD_RULE],
  },
  { name: 'contributor', parameters: `param network = ${PRIVATE}\nparam assignRoles = false` },
  {
    name: 'locked',
    parameters: `param network = ${PRIVATE}\nparam retention = { days: 3650, isLocked: true }`,
  },
  {
    name: 'two-regions',
    parameters: `param network = ${PRIVATE}\nparam redundancy = 'Standard_GZRS'\nparam zoneRedundant = true`,
  },
  {
    name: 'after-a-teardown',
    parameters: `param network = ${PRIVATE}\nparam vaultCreateMode = 'recover'`,
  },
  {
    name: 'tokens-and-readers',
    parameters: [
      `param network = ${PRIVATE}`,
      "param entra = { tenantId: '11111111-2222-3333-4444-555555555555', audiences: ['api://billing'], enrollments: ['100'] }",
      "param viewReaderGroupIds = ['66666666-7777-8888-9999-000000000000']",
      'param alwaysReadyWorkers = 1',
    ].join('\n'),
  },
]

export interface Evaluated extends Mode {
  readonly resources: readonly Predicted[]
}

const PLACE = { subscription: '12345678-90ab-cdef-1234-567890abcdef', location: 'westeurope' }

/** Every mode with its resources. Rejects with what Bicep says of one that does not compile. */
export function evaluateModes(bicep: Bicep): Promise<Evaluated[]> {
  return inCopy(async (folder) => {
    const found: Evaluated[] = []
    for (const mode of modes) {
      const text = [
        "using 'main.bicep'",
        `param name = 'Contoso-Billing_${mode.name}'`,
        "param enrollments = ['100', '200']",
        "param alertEmail = 'finops@contoso.example'",
        mode.parameters,
      ].join('\n')
      const place = { ...PLACE, location: mode.location ?? PLACE.location }
      const resources = await snapshot(bicep, folder, mode.name, `${text}\n`, place)
      found.push({ ...mode, resources })
    }
    return found
  })
}
