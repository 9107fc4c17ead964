import pMap from 'p-map'
import { randomFor } from '../../local/simulator/random.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import type { FaultCase } from './cases.ts'
import { runCase } from './run-case.ts'
import { startStorageProxy } from './storage-proxy.ts'

/** Number of concurrent cases, which mostly wait. */
const CONCURRENCY = 8

/**
 * Runs cases of the matrix on one storage, each with its own archive; `take` receives what was wrong with
 * each.
 */
export async function runFaultCases(
  cases: readonly FaultCase[],
  take: (found: readonly string[]) => void,
): Promise<void> {
  const stack = await startStack(cases.length)
  const { azurite, certificate } = stack.services
  const proxyOf = (url: string, name: string) =>
    startStorageProxy(new URL(url).origin, certificate, randomFor(name))
  const blob = await proxyOf(azurite.blobUrl, 'blob faults')
  const queue = await proxyOf(azurite.queueUrl, 'queue faults')
  try {
    await pMap(
      cases,
      async (one) => {
        take(
          await runCase(stack, { blob, queue }, one).catch((error: unknown) => [
            `${one.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          ]),
        )
      },
      { concurrency: CONCURRENCY },
    )
  } finally {
    await Promise.all([blob.close(), queue.close()])
    await stack.close()
  }
}
