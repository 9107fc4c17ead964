/** Published clients of the old API on the archive, over HTTP, as in `npm run conformance -- --only real`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realClients, wrongClients } from '../../conformance/real-clients/figures.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

describe('published clients', () => {
  it('get the billed data, and a client with other rules does not', async () => {
    const lines: string[] = []
    const [last] = realClients.slice(-1)
    if (last === undefined) throw new Error('no clients')
    // A rule that the archive violates.
    const other = { ...last, name: 'another', expected: () => ['something else'] }
    const wrong = await wrongClients(stack, [...realClients, other], (line) => lines.push(line))
    expect(lines.filter((line) => !line.endsWith('as billed'))).toEqual([
      expect.stringContaining('another: WRONG'),
    ])
    expect(wrong).toBe(1)
    expect(new Set(realClients.map(({ name }) => name)).size).toBeGreaterThanOrEqual(24)
  })
})
