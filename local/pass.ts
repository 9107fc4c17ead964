import { setTimeout as delay } from 'node:timers/promises'
import type { TokenCredential } from '@azure/identity'
import { QueueClient } from '@azure/storage-queue'
import { datasets } from '../shared/datasets/catalogue.ts'
import {
  ARCHIVE_QUEUE,
  DOWNLOAD_POISON_QUEUE,
  DOWNLOAD_QUEUE,
  POISON_QUEUE,
} from '../shared/format/layout.ts'
import type { HostProcess } from './host-process.ts'

const POLL_MS = 100

/**
 * Runs every dataset's timer once, on the first host, and waits until their work is done. The list of billing
 * periods goes first, because the others plan from it. Returns the messages of timers that failed.
 */
export async function runPass(
  hosts: readonly [HostProcess, ...HostProcess[]],
  queueUrl: string,
  credential: TokenCredential,
): Promise<string[]> {
  const failures: string[] = []
  const first = datasets.filter((dataset) => !dataset.perPeriod)
  const rest = datasets.filter((dataset) => dataset.perPeriod)
  for (const group of [first, rest]) {
    await Promise.all(
      group.map(async ({ name }) => {
        try {
          await hosts[0].runTimer(`archive-${name}`)
        } catch (error) {
          failures.push(`${name}: ${(error as Error).message}`)
        }
      }),
    )
    await drained(hosts, queueUrl, credential)
  }
  return failures
}

/** Resolves when no message is queued, hidden or in progress. */
export async function drained(
  hosts: readonly HostProcess[],
  queueUrl: string,
  credential: TokenCredential,
): Promise<void> {
  const names = [ARCHIVE_QUEUE, POISON_QUEUE, DOWNLOAD_QUEUE, DOWNLOAD_POISON_QUEUE]
  const queues = names.map((name) => new QueueClient(`${queueUrl}/${name}`, credential))
  const areEmpty = async (): Promise<boolean> => {
    const counts = await Promise.all(
      queues.map(async (queue) => (await queue.getProperties()).approximateMessagesCount ?? 0),
    )
    return counts.every((count) => count === 0)
  }
  const areIdle = async (): Promise<boolean> => {
    const working = await Promise.all(hosts.map((host) => host.inFlight()))
    return working.every((count) => count === 0)
  }
  // Hosts first, because their answer costs storage nothing; and after the queues, because a host may have taken
  // the last message.
  while (!((await areIdle()) && (await areEmpty()) && (await areIdle()))) await delay(POLL_MS)
}
