/** `npm run client:generate`: writes the types of the client from the descriptions of the HTTP API. */
import { writeFileSync } from 'node:fs'
import { operationTypes } from './operation-types.ts'

const file = new URL('../src/operations.ts', import.meta.url)
writeFileSync(file, await operationTypes())
