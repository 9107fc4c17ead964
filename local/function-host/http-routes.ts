/** Route templates of the Functions host: `a/{b}/{c:length(2)}/{*rest}`. Literal segments match in any case. */
export interface RouteMatcher {
  match(path: string): Record<string, string> | null
  /** How much of the template is literal; higher weights are tried first. */
  readonly weight: number
}

export function routeMatcher(template: string): RouteMatcher {
  const segments = template.split('/')
  const pattern = segments
    .map((segment) => {
      const found = /^\{(\*?)(\w+)(?::length\((\d+)\))?\}$/.exec(segment)
      if (found === null) return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
      const [, rest, name, length] = found
      // Like the real router: the rest may be absent, with no empty segment before it, but any within it.
      if (rest === '*') return `(?:/(?<${name}>(?!/).*))?`
      return length === undefined ? `/(?<${name}>[^/]+)` : `/(?<${name}>[^/]{${length}})`
    })
    .join('')
  const regex = new RegExp(`^${pattern}/?$`, 'i')
  return {
    match(path) {
      const found = regex.exec(path)
      if (found === null) return null
      const given = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined)
      return Object.fromEntries(given)
    },
    weight: segments.filter((segment) => !segment.startsWith('{')).length,
  }
}
