/**
 * Assertions on a deployment as data: the resources, a property, its expected value, and a value that must
 * make the check fail.
 */
import type { ArmResource, Placed } from './arm.ts'

export interface Assertion {
  readonly title: string
  /** Selects the resources, of which there must be at least `count`. */
  readonly of: (placed: Placed) => boolean
  readonly count?: number
  readonly path: string
  readonly holds: (value: unknown, resource: ArmResource) => boolean
  readonly flipped: unknown
}

export const type =
  (name: string, module?: string) =>
  ({ module: at, resource }: Placed): boolean =>
    resource.type === name && (module === undefined || module === at)

export const is =
  (expected: unknown) =>
  (value: unknown): boolean =>
    JSON.stringify(value) === JSON.stringify(expected)
export const says =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    pattern.test(typeof value === 'string' ? value : JSON.stringify(value ?? null))
export const saysNot =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    value !== undefined && !says(pattern)(value)
