/** Large answers redirect to storage, so callers that can reach the app must also reach storage. */
import { valueAt } from './arm.ts'
import type { Predicted } from './snapshot.ts'

const SITE = 'Microsoft.Web/sites'
const ACCOUNT = 'Microsoft.Storage/storageAccounts'
const ENDPOINT = 'Microsoft.Network/privateEndpoints'

/** Callers that can reach the app but not an account to which it redirects, in words. */
export function unreachable(resources: readonly Predicted[]): string[] {
  const app = resources.find(({ type }) => type === SITE)
  const isOpen = denies(app, 'properties.siteConfig.ipSecurityRestrictionsDefaultAction') === false
  const ranges = listAt(app, 'properties.siteConfig.ipSecurityRestrictions', 'ipAddress')
  const hasEndpoint = resources.some(({ type, name }) => type === ENDPOINT && name === 'pe-app')
  // The app never redirects to the view or the copy.
  const accounts = resources.filter(
    ({ type, name, id }) => type === ACCOUNT && /arc|host/.test(name) && !/-copy\//.test(id),
  )
  return accounts.flatMap((account) => {
    const { name } = account
    const kind = /host/.test(name) ? 'host' : 'archive'
    const isClosed = valueAt(account, 'properties.publicNetworkAccess') === 'Disabled'
    const isDenied = isClosed || denies(account, 'properties.networkAcls.defaultAction') !== false
    const allowed = isClosed ? [] : listAt(account, 'properties.networkAcls.ipRules', 'value')
    const missing = ranges.filter((range) => !allowed.includes(range))
    const endpoint = `pe-${kind}-blob`
    const isLeftOut = !resources.some((each) => each.type === ENDPOINT && each.name === endpoint)
    return [
      ...(isOpen && isDenied ? [`everyone can call the app, but not reach ${name}`] : []),
      ...missing.map((range) => `${range} can call the app, but not reach ${name}`),
      ...(hasEndpoint && isLeftOut ? [`${name} has no endpoint in the network of the app's`] : []),
    ]
  })
}

function denies(resource: Predicted | undefined, path: string): boolean | null {
  const action = valueAt(resource, path)
  return action === 'Deny' ? true : action === 'Allow' ? false : null
}

function listAt(resource: Predicted | undefined, path: string, key: string): string[] {
  const rules = (valueAt(resource, path) ?? []) as readonly Record<string, string>[]
  return rules.flatMap((rule) => rule[key]?.replace(/\/32$/, '') ?? [])
}
