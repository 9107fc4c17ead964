/** Route templates of the Functions host: `a/{b}/{*rest}`. Literal segments match in any case. */
export interface RouteMatcher {
  match(path: string): Record<string, string> | null
  /** How much of the template is literal: the more, the earlier it is tried. */
  readonly weight: number
}

export function routeMatcher(template: string): RouteMatcher {
  const segments = template.split('/')
  const pattern = segments
    .map((segment) => {
      const name = /^\{(\*?)(\w+)\}$/.exec(segment)
      if (name === null) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      return name[1] === '*' ? `(?<${name[2]}>.*)` : `(?<${name[2]}>[^/]+)`
    })
    .join('/')
  const regex = new RegExp(`^/${pattern}/?$`, 'i')
  return {
    match(path) {
      const found = regex.exec(path)
      return found === null ? null : { ...found.groups }
    },
    weight: segments.filter((segment) => !segment.startsWith('{')).length,
  }
}
