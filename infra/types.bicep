// Shapes of parameters, shared by the modules.

@export()
@description('How storage accounts copy their data. ZRS survives a zone, GZRS a region; with RA the other region can be read at any time.')
type redundancyType =
  | 'Standard_LRS'
  | 'Standard_ZRS'
  | 'Standard_GRS'
  | 'Standard_GZRS'
  | 'Standard_RAGRS'
  | 'Standard_RAGZRS'

@export()
@description('Instance memory of Flex Consumption, in MB.')
type instanceMemoryType = 512 | 2048 | 4096

@export()
@description('Node.js version of the function app.')
type nodeVersionType = '22' | '24'

@export()
@description('Who may reach the resources, and how.')
type networkType = {
  @description('Required. True: private endpoints and VNet integration; public access of storage and vault is off. False: public endpoints behind firewall rules.')
  isPrivate: bool

  @description('Optional. Public IPv4 addresses or CIDR ranges that may reach app, storage and vault when isPrivate is false, e.g. of an office. The app itself gets in by its subnet. Without any, everybody may, and tokens decide. Storage refuses /31 and /32, and ignores addresses of its own region.')
  allowedIpRanges: string[]?

  @description('Optional. Public IPv4 addresses or CIDR ranges that may reach app, storage and vault although isPrivate is true, e.g. of administrators. Storage refuses /31 and /32, and ignores addresses of its own region.')
  administratorIpRanges: string[]?

  @description('Optional. From where code is deployed when isPrivate is true. anywhere, the default: the deployment endpoint is open to whoever has a token with the right to deploy, and callers of the app are kept out all the same. network: public access is off, and only a machine inside the VNet can deploy.')
  deployFrom: ('anywhere' | 'network')?

  @description('Conditional. Address space of the VNet that is made, at least a /24.')
  addressPrefix: string?

  @description('Optional. A NAT gateway, so that the app leaves the VNet that is made from one address that does not change, for firewalls of whoever it asks.')
  hasFixedAddress: bool?

  @description('Optional. An existing subnet for the app, delegated to Microsoft.App/environments, at least a /27; no VNet is then made. Where isPrivate is false it needs the service endpoints Microsoft.Storage, Microsoft.KeyVault and Microsoft.Web.')
  functionSubnetId: string?

  @description('Conditional. An existing subnet for the private endpoints. Used with functionSubnetId where isPrivate is true.')
  endpointSubnetId: string?

  @description('Optional. The private DNS zones of the endpoints. create, the default: made here and linked to the VNet. existing: those in dnsZonesGroupId. policy: none are made, an Azure Policy of the landing zone registers the endpoints.')
  dnsZones: ('create' | 'existing' | 'policy')?

  @description('Conditional. Resource ID of the group with the private DNS zones. Used if dnsZones is existing.')
  dnsZonesGroupId: string?
}

@export()
@description('Who reads the view over the network beside those who reach everything.')
type viewAccessType = {
  @description('Optional. Public IPv4 addresses or CIDR ranges, e.g. of a data gateway. Not of one in the region of the account: storage ignores those.')
  ipRanges: string[]?

  @description('Optional. Resource IDs of Synapse workspaces, and of Fabric workspaces that have a workspace identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/Fabric/providers/Microsoft.Fabric/workspaces/{id}.')
  workspaceIds: string[]?
}

@export()
@description('A group, a managed identity or a person that reads the view.')
type viewReaderType = {
  @description('Required. Object ID.')
  principalId: string

  @description('Optional. Group is the default; ServicePrincipal for managed identities, e.g. of a Synapse workspace.')
  principalType: ('Group' | 'ServicePrincipal' | 'User')?

  @description('Optional. Enrollments whose files it may read; all if absent. Names of all files can be listed all the same.')
  enrollments: string[]?

  @description('Optional. True for shortcuts of Fabric, which ask for a user delegation key.')
  hasShortcuts: bool?
}

@export()
@description('A second archive account in another region, which every snapshot is replicated to.')
type copyType = {
  @description('Required. Its region.')
  location: string

  @description('Optional. Its redundancy; that of the archive is the default.')
  redundancy: redundancyType?

  @description('Optional. True once the policy of the copy was locked, which is a step of its own and ONE WAY.')
  isLocked: bool?
}

@export()
@description('A key of the customer\'s that the accounts are encrypted with. Its vault needs purge protection and an open firewall for trusted services.')
type encryptionKeyType = {
  @description('Required. The vault or managed HSM, e.g. https://keys.vault.azure.net.')
  vaultUri: string

  @description('Required. Name of the key. The newest version is used, also after a rotation.')
  keyName: string

  @description('Required. Resource ID of a user-assigned identity that has the role Key Vault Crypto Service Encryption User on the key.')
  identityId: string
}

@export()
@description('A budget of the resource group. Mails go out at 80 % and 100 % of it, and when the forecast is over it.')
type budgetType = {
  @description('Required. Amount a month, in the currency of the subscription.')
  @minValue(1)
  amount: int

  @description('Required. First day of the month that it begins in, yyyy-MM-01. It can not be changed later.')
  from: string
}

@export()
@description('How long snapshots can neither be changed nor removed.')
type retentionType = {
  @description('Required. Days from a file\'s creation.')
  @minValue(1)
  @maxValue(146000)
  days: int

  @description('Required. True once the policy was locked by the command in docs/deploy.md, which is ONE WAY: nobody, not even Microsoft, can then shorten it or delete what it protects. The template leaves a locked policy alone, because a deployment may not change it.')
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
@description('Tokens of Entra ID that callers may bring beside keys.')
type entraType = {
  @description('Required. The tenant.')
  tenantId: string

  @description('Required. What a token\'s aud has to be, e.g. api://billing-archive.')
  audiences: string[]

  @description('Required. Enrollments that tokens open: 100 for every principal that has a role, {id}:100 for the one with that id.')
  enrollments: string[]
}
