/** An archive that is asked over HTTP: April is settled and archived as a whole, and of May there are three days. */
import type { SimulatorOptions } from '../../local/simulator/server.ts'
import { type Ask, apiClient } from '../http/api-client.ts'
import { type Stack, startStack, type TestArchive } from '../stack/archive-stack.ts'

export const DAY = '2017-05-03'
export const NEXT_DAY = '2017-05-04'

export interface ApiBench {
  readonly stack: Stack
  readonly test: TestArchive
  /** Asks with a key that opens everything. */
  readonly ask: Ask
  close(): Promise<void>
}

export interface ApiBenchOptions {
  readonly simulator?: Partial<SimulatorOptions>
  readonly settings?: Readonly<Record<string, string>>
}

export async function startApiBench({
  simulator = {},
  settings = {},
}: ApiBenchOptions = {}): Promise<ApiBench> {
  const stack = await startStack()
  const test = await stack.fresh({
    simulator: { day: DAY, rowsPerDay: 90, ...simulator },
    settings: { SETTLEMENT_DAYS: '1', BUSINESS_DAY: DAY, ...settings },
  })
  await test.run()
  return {
    stack,
    test,
    ask: apiClient(test.deps.http, test.key),
    async close() {
      await test.close()
      await stack.close()
    },
  }
}

/** The same a day later, with a second snapshot of May; `between` is a time between the two. */
export async function startTwoDays(
  settings: Readonly<Record<string, string>>,
): Promise<ApiBench & { readonly between: string }> {
  const bench = await startApiBench({ settings: { ...settings, BUSINESS_DAY: NEXT_DAY } })
  const { test } = bench
  const between = new Date(Date.now() + 5).toISOString()
  await new Promise((done) => setTimeout(done, 1_200)) // storage's clock counts seconds
  test.simulator.bill.restate('100', '2017-05-02')
  test.simulator.setDay(NEXT_DAY)
  await test.run()
  return { ...bench, between }
}

/** Fetches the file behind a redirect like a client, without the key. Rejects if it does not exist. */
export async function follow(location: string | null): Promise<Response> {
  const response = await fetch(location ?? '')
  if (response.status !== 200) throw new Error(`${location} is ${response.status}`)
  return response
}

/** What is asked for, while workers compose what it waits for. */
export async function whileComposing<T>(test: TestArchive, asking: Promise<T>): Promise<T> {
  let isAnswered = false
  const answer = asking.finally(() => {
    isAnswered = true
  })
  while (!isAnswered) {
    await test.compose()
    await new Promise((done) => setTimeout(done, 50))
  }
  return answer
}
