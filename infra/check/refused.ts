/** Finds in a deployment what Azure would refuse. */
import { refusals } from './refusals.ts'
import type { Predicted } from './snapshot.ts'

/** Findings in a deployment. `allowed`: titles of rules that it breaks intentionally. */
export function refusedIn(
  resources: readonly Predicted[],
  allowed: readonly string[] = [],
): string[] {
  return refusals.flatMap(({ title, source, of, why }) => {
    if (allowed.includes(title)) return []
    return resources.filter(of).flatMap((resource) => {
      const reason = why(resource)
      return reason === null
        ? []
        : [`${title}: ${resource.type} ${resource.name}: ${reason} (${source})`]
    })
  })
}

/** Rules that do not find their planted value, or match no resource. */
export function blindRules(resources: readonly Predicted[]): string[] {
  return refusals.flatMap(({ title, of, why, planted }) => {
    const about = resources.find(of)
    return about === undefined || why(planted(about)) === null ? [title] : []
  })
}
