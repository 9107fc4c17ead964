// Shapes of parameters, shared by the modules.

@export()
@description('How storage accounts replicate their data. ZRS survives the loss of a zone, GZRS of a region; with RA, the other region is always readable.')
type redundancyType =
  | 'Standard_LRS'
  | 'Standard_ZRS'
  | 'Standard_GRS'
  | 'Standard_GZRS'
  | 'Standard_RAGRS'
  | 'Standard_RAGZRS'

@export()
@description('Memory of a Flex Consumption instance, in MB.')
type instanceMemoryType = 512 | 2048 | 4096

@export()
@description('Node.js version of the function app.')
type nodeVersionType = '22' | '24'

@export()
@description('Network access to the resources.')
type networkType = {
  @description('Required. True: private endpoints and VNet integration; public access of storage and vault is off. False: public endpoints behind firewall rules.')
  isPrivate: bool

  @description('Optional. Public IPv4 addresses or CIDR ranges that can reach app, storage and vault when isPrivate is false, e.g. of an office. The app itself has access by its subnet. If empty, every address can connect, and tokens control access. Storage rejects /31 and /32, and ignores addresses of its own region.')
  allowedIpRanges: string[]?

  @description('Optional. Public IPv4 addresses or CIDR ranges that can reach app, storage and vault even though isPrivate is true, e.g. of administrators. Storage rejects /31 and /32, and ignores addresses of its own region.')
  administratorIpRanges: string[]?

  @description('Optional. From where code can be deployed when isPrivate is true. anywhere (default): the deployment endpoint is open to anyone with a token that permits deployment, while callers of the app are still kept out. network: public access is off, and only a machine inside the VNet can deploy.')
  deployFrom: ('anywhere' | 'network')?

  @description('Conditional. Address space of the new VNet, at least a /24.')
  addressPrefix: string?

  @description('Optional. A NAT gateway, so that the app leaves the new VNet from one fixed address that firewalls of sources can allow.')
  hasFixedAddress: bool?

  @description('Optional. An existing subnet for the app, delegated to Microsoft.App/environments, at least a /27; then no VNet is created. If isPrivate is false, it needs the service endpoints Microsoft.Storage, Microsoft.KeyVault and Microsoft.Web.')
  functionSubnetId: string?

  @description('Conditional. An existing subnet for the private endpoints. Used with functionSubnetId if isPrivate is true.')
  endpointSubnetId: string?

  @description('Optional. The private DNS zones of the endpoints. create (default): creates them and links them to the VNet. existing: uses those in dnsZonesGroupId. policy: creates none, because an Azure Policy of the landing zone registers the endpoints.')
  dnsZones: ('create' | 'existing' | 'policy')?

  @description('Conditional. Resource ID of the group with the private DNS zones. Used if dnsZones is existing.')
  dnsZonesGroupId: string?
}

@export()
@description('Additional places from which the view is read.')
type viewAccessType = {
  @description('Optional. Public IPv4 addresses or CIDR ranges, e.g. of a data gateway outside the account\'s region: storage ignores addresses of its own region.')
  ipRanges: string[]?

  @description('Optional. Resource IDs of Synapse workspaces, and of Fabric workspaces that have a workspace identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/Fabric/providers/Microsoft.Fabric/workspaces/{id}.')
  workspaceIds: string[]?
}

@export()
@description('A group, a managed identity or a user that reads the view.')
type viewReaderType = {
  @description('Required. Object ID.')
  principalId: string

  @description('Optional. Group (default), or ServicePrincipal for managed identities, e.g. of a Synapse workspace.')
  principalType: ('Group' | 'ServicePrincipal' | 'User')?

  @description('Optional. Enrollments whose files it can read; all if absent. The names of all files can still be listed.')
  enrollments: string[]?

  @description('Optional. True for Fabric shortcuts, which need a user delegation key.')
  hasShortcuts: bool?
}

@export()
@description('A second archive account in another region, to which every snapshot is replicated.')
type copyType = {
  @description('Required. Region of the copy.')
  location: string

  @description('Optional. Redundancy of the copy; by default, the archive\'s.')
  redundancy: redundancyType?

  @description('Optional. True once the policy of the copy has been locked, which is a separate step and ONE WAY.')
  isLocked: bool?
}

@export()
@description('A customer-managed key for the encryption of the accounts. Its vault needs purge protection and must let trusted services through its firewall.')
type encryptionKeyType = {
  @description('Required. The vault or managed HSM, e.g. https://keys.vault.azure.net.')
  vaultUri: string

  @description('Required. Name of the key. Its newest version is always used, also after a rotation.')
  keyName: string

  @description('Required. Resource ID of a user-assigned identity that has the role Key Vault Crypto Service Encryption User on the key.')
  identityId: string
}

@export()
@description('A budget for the resource group. It sends mails at 80 % and 100 %, and when the forecast exceeds it.')
type budgetType = {
  @description('Required. Amount per month, in the currency of the subscription.')
  @minValue(1)
  amount: int

  @description('Required. First day of its first month, yyyy-MM-01. It can\'t be changed later.')
  from: string
}

@export()
@description('How long snapshots can\'t be changed or removed.')
type retentionType = {
  @description('Required. Days from a file\'s creation.')
  @minValue(1)
  @maxValue(146000)
  days: int

  @description('Required. True once the policy has been locked with the command in docs/deploy.md, which is ONE WAY: after that no one, including Microsoft, can shorten it or delete what it protects. The template leaves a locked policy alone, because a deployment can\'t change it.')
  isLocked: bool
}

@export()
@description('NCRONTAB schedules in UTC.')
type schedulesType = {
  billingperiods: string
  balancesummary: string
  usagedetails: string
  marketplacecharges: string
  pricesheet: string
  sweep: string
  reconcile: string
  ledger: string
  verify: string
  status: string
}

@export()
@description('Entra ID tokens that callers can use in addition to keys.')
type entraType = {
  @description('Required. The tenant.')
  tenantId: string

  @description('Required. Allowed values of a token\'s aud, e.g. api://billing-archive.')
  audiences: string[]

  @description('Required. Enrollments that tokens open: 100 for every principal with a role, {id}:100 for the one with that id.')
  enrollments: string[]
}
