import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { randomFor } from '../../local/simulator/random.ts'
import { eachOf } from '../../shared/usecases/each-of.ts'
import { startStack } from '../stack/archive-stack.ts'
import { type FaultCase, faultCases } from './cases.ts'
import { runCase } from './run-case.ts'
import { startStorageProxy } from './storage-proxy.ts'

/** Cases that run side by side: they mostly wait. */
const CONCURRENCY = 8

export async function faultFigures(say: (line: string) => void): Promise<Figure[]> {
  const { cases, wrong } = await runFaultCases(faultCases, say)
  return [
    atLeast('fault-cases', cases, 400, 'cases'),
    exactly('fault-wrong', wrong.length, 0, 'cases'),
  ]
}

/** Runs cases of the matrix, each on an archive of its own; gives what was wrong. */
export async function runFaultCases(
  cases: readonly FaultCase[],
  say: (line: string) => void,
): Promise<{ cases: number; wrong: string[] }> {
  const stack = await startStack(cases.length)
  const { azurite, certificate } = stack.services
  const proxyOf = (url: string, name: string) =>
    startStorageProxy(new URL(url).origin, certificate, randomFor(name))
  const blob = await proxyOf(azurite.blobUrl, 'blob faults')
  const queue = await proxyOf(azurite.queueUrl, 'queue faults')
  const wrong: string[] = []
  let done = 0
  try {
    await eachOf(cases, CONCURRENCY, async (one) => {
      const found = await runCase(stack, { blob, queue }, one).catch((error: unknown) => [
        `${one.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ])
      for (const line of found) say(`WRONG ${line}`)
      if (found.length > 0) wrong.push(found.join('; '))
      if (++done % 20 === 0) say(`${done} of ${cases.length} cases, ${wrong.length} wrong`)
    })
  } finally {
    await Promise.all([blob.close(), queue.close()])
    await stack.close()
  }
  return { cases: done, wrong }
}
