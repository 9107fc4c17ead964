/** Compares the rights that the roles in Bicep grant with those that the app uses. */
import { type ArmTemplate, moduleOf, type Placed, resourcesOf, valueAt } from './arm.ts'
import type { Use } from './operations.ts'

/** Rights of built-in roles, as far as relevant. Source: built-in roles, learn.microsoft.com/azure. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  storageBlobDataOwner: [
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete',
    'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
  ],
  storageBlobDataReader: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
  storageBlobDelegator: [
    'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
  ],
  keyVaultSecretsUser: [
    'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  ],
}

/** Rights that a full local run never uses, with the reason why they are granted. */
const KEPT: readonly { readonly right: RegExp; readonly reason: string }[] = [
  {
    right: /blobs\/add\/action$/,
    reason: 'creating a blob may be authorized as add instead of write',
  },
  {
    right: /^host .*blobs\/delete$/,
    reason: 'the host removes its own locks, and old packages',
  },
  {
    right: /archive-downloads-poison .*messages\/add\/action$/,
    reason: 'the host moves messages there that failed too often',
  },
  { right: /messages\/read$/, reason: 'the scale controller peeks at the queue' },
  {
    right: /readMetadata\/action$/,
    reason: 'part of the built-in role; shows when a secret expires',
  },
  {
    right: /(poison|archive-downloads) .*messages\/write$/,
    reason: 'the host renews a message while its function runs',
  },
]

export interface RoleCheck {
  /** Used, but granted by no role. */
  readonly uncovered: string[]
  /** Granted, never used, without a reason. */
  readonly unexplained: string[]
  /** Granted, never used, with a reason. */
  readonly explained: string[]
}

export function checkRoles(template: ArmTemplate, uses: readonly Use[]): RoleCheck {
  const given = rightsGiven(resourcesOf(moduleOf(template, 'roles')))
  const used = uses.map(({ target, action }) => `${targetOf(target)} ${action}`)
  const unused = given.filter((right) => !used.includes(right))
  const reasonOf = (right: string) => KEPT.find((kept) => kept.right.test(right))?.reason
  return {
    uncovered: [...new Set(used)].filter((right) => !given.includes(right)),
    unexplained: unused.filter((right) => reasonOf(right) === undefined),
    explained: unused
      .filter((right) => reasonOf(right) !== undefined)
      .map((right) => `${right}: ${reasonOf(right)}`),
  }
}

/** One assignment covers all secrets. */
function targetOf(target: string): string {
  return target.startsWith('ea-reporting-key-') ? 'secrets' : target
}

/** `{target} {action}` for every assignment to the app: blobs, queues of the archive, and secrets. */
function rightsGiven(resources: readonly Placed[]): string[] {
  const custom = new Map(
    resources
      .filter(({ resource }) => resource.type === 'Microsoft.Authorization/roleDefinitions')
      .map(({ symbol, resource }) => [
        symbol,
        actionsOf(valueAt(resource, 'properties.permissions.0')),
      ]),
  )
  return resources
    .filter(({ resource }) => resource.type === 'Microsoft.Authorization/roleAssignments')
    .filter(({ symbol }) => !['viewReader', 'viewDelegator'].includes(symbol))
    .flatMap(({ resource }) => {
      const role = String(valueAt(resource, 'properties.roleDefinitionId'))
      // A loop assigns several roles.
      const builtIn = Object.keys(BUILT_IN).filter((name) => new RegExp(`\\.${name}\\b`).test(role))
      const actions =
        builtIn.length === 0
          ? customActions(custom, resources, role)
          : builtIn.flatMap((name) => BUILT_IN[name] ?? [])
      const target = scopeTarget(resource.scope ?? '')
      return target === null ? [] : actions.map((action) => `${target} ${action}`)
    })
}

function customActions(
  custom: ReadonlyMap<string, string[]>,
  resources: readonly Placed[],
  role: string,
): readonly string[] {
  for (const [symbol, actions] of custom) {
    const name = resources.find((placed) => placed.symbol === symbol)?.resource.name
    // The assignment names the role by the same guid(...) expression.
    const guid = String(name).replace(/^\[|\]$/g, '')
    if (role.includes(guid)) return actions
  }
  return []
}

function actionsOf(permission: unknown): string[] {
  const { actions = [], dataActions = [] } = (permission ?? {}) as {
    actions?: string[]
    dataActions?: string[]
  }
  return [...actions, ...dataActions]
}

/** The container or queue that a scope ends in, `archive`, `host`, `secrets`, or null for the telemetry's. */
function scopeTarget(scope: string): string | null {
  if (scope.includes('Microsoft.KeyVault/vaults')) return 'secrets'
  if (scope.endsWith("storageAccounts', parameters('archiveName'))]")) return 'archive'
  if (scope.endsWith("storageAccounts', parameters('hostName'))]")) return 'host'
  return /'default', '([\w-]+)'\)\]$/.exec(scope)?.[1] ?? null
}
