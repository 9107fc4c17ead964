/** Rules by which Azure refuses a deployment, and how they are written. */
import { valueAt, withValueAt } from './arm.ts'
import type { Predicted } from './snapshot.ts'

export interface Refusal {
  readonly title: string
  /** Where the rule, or a rejected deployment, is documented. */
  readonly source: string
  readonly of: (resource: Predicted) => boolean
  /** Why Azure would reject it; null if it would not. */
  readonly why: (resource: Predicted) => string | null
  /** A copy that Azure would reject. */
  readonly planted: (resource: Predicted) => Predicted
}

export const FLEX =
  'learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations'
export const NAMES =
  'learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules'
export const STORAGE_FIREWALL =
  'learn.microsoft.com/azure/storage/common/storage-network-security-limitations'
export const ALERT_RULES =
  'learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule'

export const is =
  (type: string) =>
  (resource: Predicted): boolean =>
    resource.type === type

export const isFunctionSubnet = ({ type, name }: Predicted): boolean =>
  type === 'Microsoft.Network/virtualNetworks/subnets' && name.endsWith('functions')

export const SITE = 'Microsoft.Web/sites'
export const ACCOUNT = 'Microsoft.Storage/storageAccounts'
export const VAULT = 'Microsoft.KeyVault/vaults'
export const QUERY_RULE = 'Microsoft.Insights/scheduledQueryRules'

/** A property that must not be set. */
export function absent(type: string, path: string, planted: unknown, source: string): Refusal {
  return {
    title: `${type.split('/')[1]}: no ${path.split('.').at(-1)}`,
    source,
    of: is(type),
    why: (resource) => (valueAt(resource, path) == null ? null : `${path} is set`),
    planted: (resource) => withValueAt(resource, path, planted),
  }
}

/** A value that must satisfy `holds`, if it is known. */
export function value(
  title: string,
  source: string,
  of: Refusal['of'],
  path: string,
  holds: (value: never) => boolean,
  planted: unknown,
): Refusal {
  return {
    title,
    source,
    of,
    why(resource) {
      const found = valueAt(resource, path)
      if (found == null || isUnknown(found) || holds(found as never)) return null
      return `${path} is ${JSON.stringify(found)}`
    },
    planted: (resource) => withValueAt(resource, path, planted),
  }
}

/** Only known at deployment. */
export function isUnknown(found: unknown): boolean {
  return typeof found === 'string' && found.startsWith('[') && found.endsWith(']')
}

export type Setting = { readonly name: string; readonly value: string }

export function setting(name: string): Refusal {
  const path = 'properties.siteConfig.appSettings'
  const settingsOf = (resource: Predicted): readonly Setting[] =>
    (valueAt(resource, path) as readonly Setting[] | undefined) ?? []
  return {
    title: `app: no setting ${name}`,
    source: FLEX,
    of: is(SITE),
    why: (resource) =>
      settingsOf(resource).some((each) => each.name === name) ? `${name} is set` : null,
    planted: (resource) =>
      withValueAt(resource, path, [...settingsOf(resource), { name, value: '1' }]),
  }
}

export const MINUTES: Readonly<Record<string, number>> = {
  PT5M: 5,
  PT10M: 10,
  PT15M: 15,
  PT30M: 30,
  PT45M: 45,
  PT1H: 60,
  PT2H: 120,
  PT3H: 180,
  PT4H: 240,
  PT5H: 300,
  PT6H: 360,
  P1D: 1_440,
  P2D: 2_880,
}

export const nameRule = (title: string, type: string, pattern: RegExp, planted: string): Refusal =>
  value(title, NAMES, is(type), 'name', (name: string) => pattern.test(name), planted)
