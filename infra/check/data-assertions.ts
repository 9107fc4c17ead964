/** Assertions on what holds data: the accounts, their containers and rules, and the vault. */
import { type Assertion, is, says, saysNot, type } from './assertion.ts'
import { CONTAINER, STORAGE, VAULT } from './resource-types.ts'

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

export const dataAssertions: readonly Assertion[] = [
  ...everyAccount,
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
]
