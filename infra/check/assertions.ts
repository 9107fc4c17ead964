/**
 * Assertions on the deployment. Each is checked twice: on the template as it is, and with the value flipped.
 */
import { appAssertions } from './app-assertions.ts'
import { type Placed, valueAt, withValueAt } from './arm.ts'
import type { Assertion } from './assertion.ts'
import { dataAssertions } from './data-assertions.ts'
import { guards } from './guards.ts'

export const assertions: readonly Assertion[] = [...dataAssertions, ...appAssertions, ...guards]

/** Titles of failing assertions. */
export function failing(resources: readonly Placed[]): string[] {
  return assertions.filter((each) => !holds(each, resources)).map((each) => each.title)
}

/** Titles of assertions that still hold when their property is flipped. */
export function unfailing(resources: readonly Placed[]): string[] {
  return assertions
    .filter((each) => {
      const flipped = resources.map((placed) =>
        each.of(placed)
          ? { ...placed, resource: withValueAt(placed.resource, each.path, each.flipped) }
          : placed,
      )
      return holds(each, flipped)
    })
    .map((each) => each.title)
}

function holds(
  { of, count = 1, path, holds: isRight }: Assertion,
  resources: readonly Placed[],
): boolean {
  const found = resources.filter(of)
  return (
    found.length >= count &&
    found.every(({ resource }) => isRight(valueAt(resource, path), resource))
  )
}
