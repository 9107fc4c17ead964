/** The local host, held against what was recorded of the real one. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { differingRequests } from '../../conformance/host/requests.ts'
import { differingTriggers } from '../../conformance/host/triggers.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

it('takes requests as Kestrel and the Functions host do', async () => {
  expect(await differingRequests()).toEqual([])
})

it('takes messages and missed timers as the queue extension and the timer listener do', async () => {
  expect(await differingTriggers(stack)).toEqual([])
})
