/** Compiled templates as values. Expressions stay text: `[parameters('x')]`. */

export interface ArmResource {
  readonly type: string
  readonly name?: unknown
  readonly scope?: string
  readonly existing?: boolean
  readonly condition?: unknown
  readonly properties?: Record<string, unknown>
  readonly [property: string]: unknown
}

export interface ArmTemplate {
  readonly parameters?: Record<string, unknown>
  readonly variables?: Record<string, unknown>
  readonly outputs?: Record<string, { type: string; value: unknown }>
  readonly resources: Record<string, ArmResource> | readonly ArmResource[]
}

/** A resource with its module, e.g. `archive`, and its symbolic name there. */
export interface Placed {
  readonly module: string
  readonly symbol: string
  readonly resource: ArmResource
}

/** All resources of a template and its modules, except references to existing ones. */
export function resourcesOf(template: ArmTemplate, module = ''): Placed[] {
  return Object.entries(template.resources as Record<string, ArmResource>).flatMap(
    ([symbol, resource]) => {
      if (resource.existing === true) return []
      if (resource.type !== 'Microsoft.Resources/deployments') return [{ module, symbol, resource }]
      return resourcesOf((resource.properties as { template: ArmTemplate }).template, symbol)
    },
  )
}

/** The template of a module. */
export function moduleOf(template: ArmTemplate, symbol: string): ArmTemplate {
  const resource = (template.resources as Record<string, ArmResource>)[symbol]
  if (resource === undefined) throw new Error(`there is no module ${symbol}`)
  return (resource.properties as { template: ArmTemplate }).template
}

/** The value at `path`, e.g. `properties.networkAcls.bypass`; undefined if there is none. */
export function valueAt(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return value !== null && typeof value === 'object'
      ? (value as Record<string, unknown>)[key]
      : undefined
  }, from)
}

/** A copy of `from` with `value` at `path`; undefined removes the property. */
export function withValueAt<T>(from: T, path: string, value: unknown): T {
  const copy = structuredClone(from)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = copy as Record<string, unknown>
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}
