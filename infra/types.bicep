// Shapes of parameters, shared by the modules.

@export()
@description('How storage accounts copy their data. ZRS survives a zone, GZRS a region.')
type redundancyType = 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@export()
@description('Instance memory of Flex Consumption, in MB.')
type instanceMemoryType = 512 | 2048 | 4096

@export()
@description('Node.js version of the function app.')
type nodeVersionType = '22' | '24'

@export()
@description('Who may reach the resources, and how.')
type networkType = {
  @description('Required. True: private endpoints and VNet integration, public access off. False: public endpoints behind firewall rules.')
  isPrivate: bool

  @description('Optional. Public IPv4 addresses or CIDR ranges that may reach storage and vault when isPrivate is false, e.g. of a build agent or an office.')
  allowedIpRanges: string[]?

  @description('Optional. From where code is deployed when isPrivate is true. anywhere, the default: the deployment endpoint is open to whoever has a token with the right to deploy, and callers of the app are kept out all the same. network: public access is off, and only a machine inside the VNet can deploy.')
  deployFrom: ('anywhere' | 'network')?

  @description('Conditional. Address space of the VNet, at least a /24. Used if isPrivate is true.')
  addressPrefix: string?
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
