/** Assertions on what prevents deletion of the archive, or reports it. */
import type { Assertion } from './assertion.ts'
import { operationGuards } from './operation-guards.ts'
import { storageGuards } from './storage-guards.ts'

export const guards: readonly Assertion[] = [...storageGuards, ...operationGuards].map(
  ([title, of, path, holds, flipped, count = 1]) => ({ title, of, path, holds, flipped, count }),
)
