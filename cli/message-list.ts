import { setTimeout as delay } from 'node:timers/promises'
import type { MessageQueue } from '../shared/storage/ports.ts'

/** Messages in this process, instead of a queue in storage. */
export interface MessageList extends MessageQueue {
  /** Adds a message unless it is already in the list. */
  add(message: string): void
  /** Takes all messages that may be seen now; waits if all of them are delayed. None once the list is empty. */
  take(signal: AbortSignal): Promise<string[]>
}

/** `now`: a clock in milliseconds. */
export function messageList(now: () => number): MessageList {
  let messages: { readonly text: string; readonly visibleAt: number }[] = []
  return {
    async send(text, _ttlSeconds, delaySeconds = 0) {
      messages.push({ text, visibleAt: now() + delaySeconds * 1_000 })
    },
    add(text) {
      if (!messages.some((message) => message.text === text)) messages.push({ text, visibleAt: 0 })
    },
    async take(signal) {
      const first = Math.min(...messages.map(({ visibleAt }) => visibleAt))
      if (messages.length > 0 && first > now()) await delay(first - now(), undefined, { signal })
      const visible = messages.filter(({ visibleAt }) => visibleAt <= Math.max(first, now()))
      messages = messages.filter((message) => !visible.includes(message))
      return visible.map(({ text }) => text)
    },
  }
}
