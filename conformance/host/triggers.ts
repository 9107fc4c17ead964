/**
 * Compares queue and timer triggers of the local host with the real ones. Recorded on 2026-11-25 with
 * Microsoft.Azure.WebJobs.Extensions.Storage.Queues 5.3.10 on Azurite (the first five), and taken from
 * TimerListener of Azure/azure-webjobs-sdk-extensions (timers). Seconds are scaled; only the order matters.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { QueueClient } from '@azure/storage-queue'
import { type QueueSettings, queuePump } from '../../local/function-host/queue-pump.ts'
import { type ScheduleStatus, startTimers } from '../../local/function-host/timers.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'

/** One rule: the observation as text, and the real host's behaviour. */
interface Rule {
  readonly what: string
  readonly real: string
  readonly local: (queues: (name: string) => QueueClient) => Promise<string>
}

const SETTINGS: QueueSettings = {
  batchSize: 8,
  newBatchThreshold: 8,
  maxDequeueCount: 5,
  retrySeconds: 0,
  leaseSeconds: 30,
  maxPollMs: 200,
}
const SLOW_MS = 2_000
const QUICK_MS = 200

export const triggerRules: readonly Rule[] = [
  {
    what: 'batches of 16 at a threshold of 0: the 17th message waits for the slowest',
    real: 'starts after the slow one',
    local: (queues) => seventeenth(queues('zero'), { batchSize: 16, newBatchThreshold: 0 }),
  },
  {
    what: 'batches of 8 at a threshold of 8: the 17th takes the place of the first that ends',
    real: 'starts before the slow one has ended',
    local: (queues) => seventeenth(queues('eight'), {}),
  },
  {
    what: 'a function that throws is run five times, then the message is poison',
    real: 'run 5 times, 1 poison',
    local: async (queues) => {
      const [queue, poison] = [queues('throws'), queues('throws-poison')]
      await send(queue, 'm')
      let runs = 0
      const pump = pumpOf(queue, poison, {}, async () => {
        runs++
        throw new Error('no')
      })
      await until(async () => (await count(poison)) === 1)
      await pump.stop()
      return `run ${runs} times, ${await count(poison)} poison`
    },
  },
  {
    what: 'a poison queue has none: a message that fails there stays, hidden until its lease ends',
    real: 'run once, 1 there',
    local: async (queues) => {
      const poison = queues('fails-poison')
      await send(poison, 'm')
      let runs = 0
      const pump = pumpOf(poison, null, {}, async () => {
        runs++
        throw new Error('no')
      })
      await delay(1_500)
      await pump.stop()
      return `run ${runs === 1 ? 'once' : `${runs} times`}, ${await count(poison)} there`
    },
  },
  {
    what: 'a message whose hosts died five times is poison without being run',
    real: 'not run, 1 poison',
    local: async (queues) => {
      const [queue, poison] = [queues('died'), queues('died-poison')]
      await send(queue, 'm')
      for (let death = 1; death <= 5; death++) {
        const { receivedMessageItems } = await queue.receiveMessages()
        for (const { messageId, popReceipt } of receivedMessageItems) {
          await queue.updateMessage(messageId, popReceipt, undefined, 0)
        }
      }
      let runs = 0
      const pump = pumpOf(queue, poison, {}, async () => void runs++)
      await until(async () => (await count(poison)) === 1)
      await pump.stop()
      return `${runs === 0 ? 'not run' : `run ${runs} times`}, ${await count(poison)} poison`
    },
  },
  {
    what: 'missed timers run at once, all together, marked as past due',
    real: 'daily past due, hourly past due, both at once; new not run; each has its next time',
    local: () => missedTimers(),
  },
]

/** Differences of the local host, one per line. */
export async function differingTriggers(given?: Stack): Promise<string[]> {
  const stack = given ?? (await startStack())
  const archive = await stack.fresh()
  const root = archive.queue.url.replace(/\/[^/]+$/, '')
  const queues = (name: string): QueueClient =>
    new QueueClient(`${root}/${name}`, stack.services.credential)
  const names = ['zero', 'eight', 'throws', 'throws-poison', 'fails-poison', 'died', 'died-poison']
  await Promise.all(names.map((name) => queues(name).create()))
  try {
    const found = await Promise.all(triggerRules.map(({ local }) => local(queues)))
    return triggerRules.flatMap(({ what, real }, i) =>
      found[i] === real ? [] : [`${what}: ${found[i]}, not ${real}`],
    )
  } finally {
    await archive.close()
    if (given === undefined) await stack.close()
  }
}

async function seventeenth(queue: QueueClient, settings: Partial<QueueSettings>): Promise<string> {
  await send(queue, 'slow')
  for (let i = 2; i <= 17; i++) await send(queue, String(i))
  let isSlowOver = false
  const started = Promise.withResolvers<string>()
  let starts = 0
  const pump = pumpOf(queue, null, settings, async (text) => {
    if (++starts === 17) {
      started.resolve(
        isSlowOver ? 'starts after the slow one' : 'starts before the slow one has ended',
      )
    }
    await delay(text === 'slow' ? SLOW_MS : QUICK_MS)
    if (text === 'slow') isSlowOver = true
  })
  const found = await started.promise
  await pump.stop()
  return found
}

async function missedTimers(): Promise<string> {
  const now = Date.parse('2026-11-25T12:30:00Z')
  const statuses = new Map<string, ScheduleStatus>([
    ['daily', { last: '2026-11-23T03:00:00Z', next: '2026-11-24T03:00:00Z' }],
    ['hourly', { last: '2026-11-25T11:00:00Z', next: '2026-11-25T12:00:00Z' }],
  ])
  const running: string[] = []
  const together: string[][] = []
  const timers = await startTimers(
    [
      { name: 'daily', schedule: '0 0 3 * * *' },
      { name: 'hourly', schedule: '0 0 * * * *' },
      { name: 'new', schedule: '0 0 4 * * *' },
    ].map(({ name, schedule }) => ({
      name,
      schedule,
      run: async (_status: ScheduleStatus | null, isPastDue: boolean) => {
        running.push(`${name}${isPastDue ? ' past due' : ''}`)
        await delay(20)
        together.push([...running])
      },
    })),
    {
      read: async (name) => statuses.get(name) ?? null,
      write: async (name, status) => void statuses.set(name, status),
    },
    () => new Date(now),
  )
  await delay(100)
  timers.stop()
  const areTogether = together.every((seen) => seen.length === 2)
  const isNext = [...statuses.values()].every(({ next }) => Date.parse(next) > now)
  const names = [...statuses.keys()].filter(
    (name) => !running.some((each) => each.startsWith(name)),
  )
  return (
    `${running.join(', ')}, ${areTogether ? 'both at once' : 'one after the other'}; ` +
    `${names.join(', ')} not run; ${isNext ? 'each has its next time' : 'a next time has passed'}`
  )
}

function pumpOf(
  queue: QueueClient,
  poison: QueueClient | null,
  settings: Partial<QueueSettings>,
  handle: (text: string) => Promise<void>,
): ReturnType<typeof queuePump> {
  const all = { ...SETTINGS, ...settings }
  return queuePump(
    queue,
    poison,
    all,
    (_message, text) => handle(text),
    () => {},
  )
}

async function send(queue: QueueClient, text: string): Promise<void> {
  await queue.sendMessage(Buffer.from(text).toString('base64'))
}

async function count(queue: QueueClient): Promise<number> {
  return (await queue.getProperties()).approximateMessagesCount ?? 0
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(50)
}
