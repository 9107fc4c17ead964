import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { operationTypes } from '../../client/generate/operation-types.ts'

it('the client has the types of the current descriptions (npm run client:generate)', async () => {
  const file = new URL('../../client/src/operations.ts', import.meta.url)
  expect(await operationTypes()).toBe(readFileSync(file, 'utf8'))
})
