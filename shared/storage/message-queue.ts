import type { QueueClient } from '@azure/storage-queue'
import type { MessageQueue } from './ports.ts'
import { storageError } from './storage-errors.ts'

/** A queue over a queue client. Messages are base64, as the Functions host reads them by default. */
export function messageQueue(queue: QueueClient): MessageQueue {
  return {
    async send(message, ttlSeconds, delaySeconds = 0) {
      try {
        const text = Buffer.from(message).toString('base64')
        await queue.sendMessage(text, {
          messageTimeToLive: ttlSeconds + delaySeconds,
          ...(delaySeconds === 0 ? {} : { visibilityTimeout: delaySeconds }),
        })
      } catch (error) {
        throw storageError(error, `putting a message on ${queue.name}`)
      }
    },
  }
}
