/** What the tables of guards are written with. */
import { type Assertion } from './assertion.ts'

export const STORAGE = 'Microsoft.Storage/storageAccounts'
export const LOCK = 'Microsoft.Authorization/locks'
export const ACTIVITY = 'Microsoft.Insights/activityLogAlerts'
export const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings'
export const QUERY_RULE = 'Microsoft.Insights/scheduledQueryRules'
export const SITE = 'Microsoft.Web/sites'
export const GROUPS = 'Microsoft.Resources/resourceGroups'

/** One assertion, as a row of a table. */
export type GuardRow = readonly [
  title: string,
  of: Assertion['of'],
  path: string,
  holds: Assertion['holds'],
  flipped: unknown,
  count?: number,
]

export const named =
  (symbol: string) =>
  ({ symbol: found }: Parameters<Assertion['of']>[0]): boolean =>
    found === symbol

export const called =
  (name: string) =>
  ({ resource }: Parameters<Assertion['of']>[0]): boolean =>
    resource.name === name

/** True if a log category is enabled. */
export const logs = (category: string) => (value: unknown) =>
  Array.isArray(value) &&
  value.some(
    (each: { category?: string; enabled?: boolean }) =>
      each.category === category && each.enabled === true,
  )
