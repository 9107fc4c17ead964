import { setTimeout as delay } from 'node:timers/promises'
import type { QueueClient } from '@azure/storage-queue'
import { datasets } from '../../shared/datasets/catalogue.ts'
import { type PartMessage, parseMessage } from '../../shared/usecases/state/part-message.ts'

/**
 * Datasets in the order of their timers: the list of billing periods first, because the others plan from it.
 */
export const stages = [false, true].map((perPeriod) =>
  datasets.filter((dataset) => dataset.perPeriod === perPeriod),
)

/** How long to wait while all messages are hidden. */
const HIDDEN_MS = 250

export interface QueueWork<T> {
  /** Number of concurrent messages. */
  readonly atOnce: number
  /** How long a message in progress stays hidden. */
  readonly leaseSeconds: number
  /** Parses a message's text. */
  readonly read: (text: string) => T
  /** Processes one message, delivered for the `delivery`th time; `again` puts it back at once. */
  readonly handle: (message: T, delivery: number) => Promise<unknown>
  /** Leases are so short that another worker may get the message before it is deleted. */
  readonly mayOverlap?: boolean
}

/** Processes messages until there are none, including hidden ones. */
export async function workQueue<T>(queue: QueueClient, work: QueueWork<T>): Promise<void> {
  const { atOnce, leaseSeconds, read, handle, mayOverlap = false } = work
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: atOnce,
      visibilityTimeout: leaseSeconds,
    })
    if (receivedMessageItems.length === 0) {
      const { approximateMessagesCount = 0 } = await queue.getProperties()
      if (approximateMessagesCount === 0) return
      await delay(HIDDEN_MS)
    }
    await Promise.all(
      receivedMessageItems.map(async ({ messageId, popReceipt, messageText, dequeueCount }) => {
        if ((await handle(read(messageText), dequeueCount)) === 'again') {
          await queue.updateMessage(messageId, popReceipt, messageText, 0)
          return
        }
        await queue.deleteMessage(messageId, popReceipt).catch((error: { code?: string }) => {
          const isTaken = error.code === 'MessageNotFound' || error.code === 'PopReceiptMismatch'
          if (!mayOverlap || !isTaken) throw error
        })
      }),
    )
  }
}

/** The message in a queue item's text. */
export function readMessage(text: string): PartMessage {
  return parseMessage(JSON.parse(Buffer.from(text, 'base64').toString()))
}
