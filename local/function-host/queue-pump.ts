import { setTimeout as delay } from 'node:timers/promises'
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'

/** The host's queue settings, from host.json. */
export interface QueueSettings {
  readonly batchSize: number
  /** The next batch is taken when at most this many messages are in progress. */
  readonly newBatchThreshold: number
  readonly maxDequeueCount: number
  /** Delay before a message of a failed function reappears, in seconds. */
  readonly retrySeconds: number
  /** How long a message is hidden, in seconds; renewed while its function runs. */
  readonly leaseSeconds: number
  readonly maxPollMs: number
}

export interface QueuePump {
  /** How many messages are in progress. */
  inFlight(): number
  /** Takes no more messages; resolves when the running ones have finished. */
  stop(): Promise<void>
}

const MIN_POLL_MS = 50

/**
 * Takes messages in batches and runs `handle` for each concurrently. A message is deleted when its function
 * returns. If the function throws, the message reappears, and after `maxDequeueCount` deliveries it goes to
 * the poison queue. If the process dies, the message reappears when its lease ends, and after too many such
 * deaths goes to the poison queue without another run. Without a poison queue, which is the case for poison
 * queues, a failed message stays hidden until its lease ends.
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
        }, onError) // then it reappears: an overlapping delivery, as with the real host
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
