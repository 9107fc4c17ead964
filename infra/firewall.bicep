// Network access to storage, vault and app: one rule for all of them, so that callers of the app
// can also reach the storage to which large answers redirect.

import { networkType } from 'types.bicep'

@export()
@description('Addresses with access over the internet.')
func openRanges(network networkType) string[] =>
  network.isPrivate ? (network.?administratorIpRanges ?? []) : (network.?allowedIpRanges ?? [])

@export()
@description('Off if all traffic uses private endpoints.')
func publicAccess(network networkType) string =>
  network.isPrivate && empty(openRanges(network)) ? 'Disabled' : 'Enabled'

@export()
@description('Default action for all other addresses.')
func defaultAction(network networkType) string => hasVnet(network) ? 'Deny' : 'Allow'

@export()
@description('Whether the app runs in a VNet: for private endpoints, or so that firewalls with ranges can admit its subnet.')
func hasVnet(network networkType) bool => network.isPrivate || !empty(openRanges(network))

@export()
@description('Firewall of a storage account. subnetId: the app\'s subnet, admitted by a service endpoint if there are no private endpoints.')
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
