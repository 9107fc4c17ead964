/** Types of resources, as Azure Resource Manager names them. */
export const STORAGE = 'Microsoft.Storage/storageAccounts'
export const CONTAINER = `${STORAGE}/blobServices/containers`
export const VAULT = 'Microsoft.KeyVault/vaults'
export const SITE = 'Microsoft.Web/sites'
export const ROLE = 'Microsoft.Authorization/roleDefinitions'
export const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments'
export const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings'
