/** Compares the local host with records of the real one. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { differingRequests } from '../../conformance/host/requests.ts'
import { differingTriggers } from '../../conformance/host/triggers.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

it('handles requests like Kestrel and the Functions host', async () => {
  expect(await differingRequests()).toEqual([])
})

it('handles messages and missed timers like the queue extension and the timer listener', async () => {
  expect(await differingTriggers(stack)).toEqual([])
})
