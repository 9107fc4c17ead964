/**
 * Values of `environment()` in Azure's clouds, which `bicep snapshot` does not evaluate. Source: `az cloud
 * show`, learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-deployment#environment
 */

export interface Cloud {
  readonly name: 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud'
  readonly storage: string
  readonly keyvaultDns: string
  readonly loginEndpoint: string
  readonly sites: string
}

export const publicCloud: Cloud = {
  name: 'AzureCloud',
  storage: 'core.windows.net',
  keyvaultDns: '.vault.azure.net',
  loginEndpoint: 'https://login.microsoftonline.com/',
  sites: 'azurewebsites.net',
}

export const usGovernment: Cloud = {
  name: 'AzureUSGovernment',
  storage: 'core.usgovcloudapi.net',
  keyvaultDns: '.vault.usgovcloudapi.net',
  loginEndpoint: 'https://login.microsoftonline.us/',
  sites: 'azurewebsites.us',
}

export const china: Cloud = {
  name: 'AzureChinaCloud',
  storage: 'core.chinacloudapi.cn',
  keyvaultDns: '.vault.azure.cn',
  loginEndpoint: 'https://login.chinacloudapi.cn/',
  sites: 'chinacloudsites.cn',
}

/** A template's text with `environment()` replaced by that cloud's values. */
export function inCloud(text: string, cloud: Cloud): string {
  if (!text.includes('environment()')) return text
  const { name, storage, keyvaultDns, loginEndpoint } = cloud
  const answer = `var cloudOfCheck = {
  name: '${name}'
  suffixes: { storage: '${storage}', keyvaultDns: '${keyvaultDns}' }
  authentication: { loginEndpoint: '${loginEndpoint}' }
}`
  return `${text.replaceAll('environment()', 'cloudOfCheck')}\n${answer}\n`
}

/** Host names of the public cloud in the evaluated deployment. */
export function publicHosts(resources: readonly unknown[]): string[] {
  const { storage, keyvaultDns, loginEndpoint, sites } = publicCloud
  const login = new URL(loginEndpoint).hostname
  const text = JSON.stringify(resources)
  const hosts = [storage, keyvaultDns, keyvaultDns.replace('.vault.', '.vaultcore.'), login, sites]
  return hosts.filter((host) => text.includes(host))
}
