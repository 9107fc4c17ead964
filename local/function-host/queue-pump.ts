import { setTimeout as delay } from 'node:timers/promises'
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

/** The host's queue semantics, from host.json. */
export interface QueueSettings {
  readonly batchSize: number
  /** The next batch is taken when no more than so many run. */
  readonly newBatchThreshold: number
  readonly maxDequeueCount: number
  /** Seconds until a message whose function threw is seen again. */
  readonly retrySeconds: number
  /** Seconds for which a message is hidden; renewed while its function runs. */
  readonly leaseSeconds: number
  readonly maxPollMs: number
}

export interface QueuePump {
  /** Messages whose function runs now. */
  inFlight(): number
  /** Takes no more messages; resolves when the running ones have ended. */
  stop(): Promise<void>
}

const MIN_POLL_MS = 50

/**
 * Takes messages in batches and runs `handle` for each, side by side. A message is deleted when its
 * function returns; if it throws, it is seen again, and after `maxDequeueCount` times it goes to the
 * poison queue. A message whose function dies with its process is seen again when its lease ends, and
 * goes to the poison queue without being run when that happened too often. Without a poison queue, as
 * poison queues are, a message that failed stays hidden until its lease ends.
 */
export function queuePump(
  queue: QueueClient,
  poison: QueueClient | null,
  settings: QueueSettings,
  handle: (message: DequeuedMessageItem, text: string) => Promise<void>,
  onError: (error: unknown) => void,
): QueuePump {
  const running = new Set<Promise<void>>()
  let isStopping = false
  const stopped = Promise.withResolvers<void>()

  async function giveUp(
    to: QueueClient,
    { messageId, messageText }: DequeuedMessageItem,
    receipt: string,
  ): Promise<void> {
    await to.sendMessage(messageText)
    await queue.deleteMessage(messageId, receipt)
  }

  async function run(message: DequeuedMessageItem): Promise<void> {
    let receipt = message.popReceipt
    if (poison !== null && message.dequeueCount > settings.maxDequeueCount) {
      return giveUp(poison, message, receipt)
    }
    let renewing: Promise<void> = Promise.resolve()
    const renew = (): void => {
      renewing = queue
        .updateMessage(message.messageId, receipt, undefined, settings.leaseSeconds)
        .then((renewed) => {
          receipt = renewed.popReceipt ?? receipt
        }, onError) // then it is seen again: an overlapping delivery, as with the real host
    }
    const renewal = setInterval(renew, (settings.leaseSeconds * 1_000) / 3)
    let failure: { error: unknown } | null = null
    try {
      await handle(message, Buffer.from(message.messageText, 'base64').toString())
    } catch (error) {
      failure = { error }
      onError(error)
    }
    clearInterval(renewal)
    await renewing
    if (failure === null) {
      await queue.deleteMessage(message.messageId, receipt)
    } else if (poison === null) {
      return
    } else if (message.dequeueCount >= settings.maxDequeueCount) {
      await giveUp(poison, message, receipt)
    } else {
      await queue.updateMessage(message.messageId, receipt, undefined, settings.retrySeconds)
    }
  }

  async function poll(): Promise<void> {
    let waitMs = MIN_POLL_MS
    while (!isStopping) {
      const received = await receive()
      for (const message of received) {
        const work: Promise<void> = run(message)
          .catch(onError)
          .finally(() => running.delete(work))
        running.add(work)
      }
      if (received.length === 0) {
        waitMs = Math.min(settings.maxPollMs, waitMs * 2)
        await Promise.race([delay(waitMs, undefined, { ref: false }), stopped.promise])
      } else {
        waitMs = MIN_POLL_MS
      }
      while (running.size > settings.newBatchThreshold && !isStopping) {
        await Promise.race([...running, stopped.promise])
      }
    }
  }

  async function receive(): Promise<DequeuedMessageItem[]> {
    try {
      const answer = await queue.receiveMessages({
        numberOfMessages: Math.min(32, settings.batchSize),
        visibilityTimeout: settings.leaseSeconds,
      })
      return answer.receivedMessageItems
    } catch (error) {
      onError(error)
      return []
    }
  }

  const polling = poll()
  return {
    inFlight: () => running.size,
    async stop() {
      isStopping = true
      stopped.resolve()
      await polling
      await Promise.all(running)
    },
  }
}
