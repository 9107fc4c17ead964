// Encryption of the accounts, with Microsoft's or the customer's key.

import { encryptionKeyType } from 'types.bicep'

@export()
@description('Encryption of a storage account.')
func encryptionOf(key encryptionKeyType?) object =>
  key == null
    ? { keySource: 'Microsoft.Storage' }
    : {
        keySource: 'Microsoft.Keyvault'
        keyvaultproperties: { keyvaulturi: key!.vaultUri, keyname: key!.keyName }
        identity: { userAssignedIdentity: key!.identityId }
      }

@export()
@description('The identity with which a storage account reads its key.')
func identityOf(key encryptionKeyType?) object =>
  key == null ? { type: 'None' } : { type: 'UserAssigned', userAssignedIdentities: { '${key!.identityId}': {} } }
