// Names and owners of private DNS zones.

import { networkType } from 'types.bicep'

@export()
@description('The VNet of a subnet.')
func vnetOf(subnetId string) string => join(take(split(subnetId, '/'), 9), '/')

@export()
@description('Whether the deployment creates the zones.')
func makesZones(network networkType) bool => (network.?dnsZones ?? 'create') == 'create'

@export()
@description('Whether the deployment registers the endpoints in zones, instead of a policy.')
func registers(network networkType) bool => (network.?dnsZones ?? 'create') != 'policy'

@export()
@description('Resource ID of a zone. groupId: the deployment\'s group.')
func zoneId(network networkType, groupId string, zone string) string =>
  '${makesZones(network) ? groupId : network.dnsZonesGroupId!}/providers/Microsoft.Network/privateDnsZones/${zone}'
