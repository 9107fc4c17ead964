// Who may reach storage, vault and app over the network: one rule for all of them, so that whoever may call the app
// may also reach the storage that its large answers redirect to.

import { networkType } from 'types.bicep'

@export()
@description('Addresses that may come in over the internet.')
func openRanges(network networkType) string[] =>
  network.isPrivate ? (network.?administratorIpRanges ?? []) : (network.?allowedIpRanges ?? [])

@export()
@description('Off where everything comes through private endpoints.')
func publicAccess(network networkType) string =>
  network.isPrivate && empty(openRanges(network)) ? 'Disabled' : 'Enabled'

@export()
@description('What happens to everybody else.')
func defaultAction(network networkType) string => hasVnet(network) ? 'Deny' : 'Allow'

@export()
@description('Whether the app runs in a VNet: by private endpoints, or so that firewalls with ranges can let it in by its subnet.')
func hasVnet(network networkType) bool => network.isPrivate || !empty(openRanges(network))

@export()
@description('Firewall of a storage account. subnetId: the app\'s, let in by a service endpoint where there are no private ones.')
func storageAcls(network networkType, subnetId string?) object => {
  bypass: 'AzureServices'
  defaultAction: defaultAction(network)
  ipRules: map(openRanges(network), range => { value: range, action: 'Allow' })
  virtualNetworkRules: map(ruleSubnets(network, subnetId), id => { id: id, action: 'Allow' })
}

@export()
@description('Firewall of a vault.')
func vaultAcls(network networkType, subnetId string?) object => {
  bypass: 'AzureServices'
  defaultAction: defaultAction(network)
  ipRules: map(openRanges(network), range => { value: range })
  virtualNetworkRules: map(ruleSubnets(network, subnetId), id => { id: id })
}

func ruleSubnets(network networkType, subnetId string?) string[] =>
  network.isPrivate || subnetId == null ? [] : [subnetId!]
