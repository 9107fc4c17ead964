/**
 * A small Functions host: loads this project's built functions and runs their triggers, timers on their
 * schedules, queues with the host's semantics, HTTP on loopback. It is configured by environment variables,
 * like the real one, and stops with its parent.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { DefaultAzureCredential } from '@azure/identity'
import { QueueClient } from '@azure/storage-queue'
import { type RegisteredFunction, registered } from './functions-core.ts'
import { serveHttp } from './http-server.ts'
import { invoke, triggerOf } from './invoke.ts'
import { loadFunctions, supplyFunctionsCore } from './load-functions.ts'
import { type QueuePump, type QueueSettings, queuePump } from './queue-pump.ts'
import { fileMonitor, type ScheduleStatus, startTimers, type Timer } from './timers.ts'

interface HostJson {
  readonly extensions: {
    readonly queues: {
      readonly batchSize: number
      readonly newBatchThreshold: number
      readonly maxDequeueCount: number
      readonly visibilityTimeout: string
    }
  }
}

/** .NET's value for "never". */
const NEVER = '0001-01-01T00:00:00'

/** Prints one line for the parent: the level, and the function's line. */
function log(level: string, message: string): void {
  process.stdout.write(`${JSON.stringify({ level, message })}\n`)
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`the setting ${name} is missing`)
  return value
}

/** Resolves `%NAME%` to the setting of that name, as in the host's binding expressions. */
function resolveExpression(text: string): string {
  return text.replace(/%(\w+)%/g, (_, name: string) => setting(name))
}

function secondsOf(timeSpan: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = timeSpan.split(':')
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

async function queueSettings(): Promise<QueueSettings> {
  const text = await readFile(new URL('../../host.json', import.meta.url), 'utf8')
  const { batchSize, newBatchThreshold, maxDequeueCount, visibilityTimeout } = (
    JSON.parse(text) as HostJson
  ).extensions.queues
  return {
    batchSize: Number(process.env['LOCAL_QUEUE_BATCH'] ?? batchSize),
    newBatchThreshold: Number(process.env['LOCAL_QUEUE_THRESHOLD'] ?? newBatchThreshold),
    maxDequeueCount,
    retrySeconds: Number(process.env['LOCAL_QUEUE_RETRY_SECONDS'] ?? secondsOf(visibilityTimeout)),
    leaseSeconds: Number(process.env['LOCAL_QUEUE_LEASE_SECONDS'] ?? 60),
    maxPollMs: Number(process.env['LOCAL_QUEUE_POLL_MS'] ?? 500),
  }
}

function startQueue(fn: RegisteredFunction, settings: QueueSettings): QueuePump | null {
  const trigger = triggerOf(fn, 'queueTrigger')
  if (trigger === null) return null
  const service = setting(`${String(trigger['connection'])}__queueServiceUri`)
  const credential = new DefaultAzureCredential()
  const client = (name: string): QueueClient =>
    new QueueClient(`${service.replace(/\/$/, '')}/${name}`, credential)
  const name = String(trigger['queueName'])
  return queuePump(
    client(name),
    // A poison queue has no poison queue.
    name.endsWith('-poison') ? null : client(`${name}-poison`),
    settings,
    async (message, text) => {
      const metadata = { DequeueCount: { int: message.dequeueCount } }
      await invoke(fn, { string: text }, metadata, log)
    },
    (error) =>
      log('warn', JSON.stringify({ event: 'host.queue', queue: name, why: String(error) })),
  )
}

async function runTimer(
  fn: RegisteredFunction,
  status: ScheduleStatus | null = null,
  isPastDue = false,
): Promise<void> {
  const timer = {
    Schedule: {},
    ScheduleStatus:
      status === null
        ? null
        : { Last: status.last ?? NEVER, Next: status.next, LastUpdated: status.last ?? NEVER },
    IsPastDue: isPastDue,
  }
  await invoke(fn, { json: JSON.stringify(timer) }, {}, log)
}

function timerOf(fn: RegisteredFunction): Timer | null {
  const trigger = triggerOf(fn, 'timerTrigger')
  if (trigger === null) return null
  return {
    name: fn.name,
    schedule: resolveExpression(String(trigger['schedule'])),
    run: (status, isPastDue) =>
      runTimer(fn, status, isPastDue).catch((error: unknown) =>
        log(
          'error',
          JSON.stringify({ event: 'host.timer', function: fn.name, why: String(error) }),
        ),
      ),
  }
}

async function main(): Promise<void> {
  supplyFunctionsCore()
  const folder =
    process.env['LOCAL_APP_FOLDER'] ?? fileURLToPath(new URL('../../', import.meta.url))
  await loadFunctions(folder)
  await import('./fault-points.ts').then(({ armFaultPoints }) => armFaultPoints(folder))
  const settings = await queueSettings()
  const pumps = registered.map((fn) => startQueue(fn, settings)).filter((pump) => pump !== null)
  // The platform runs a timer on one instance only.
  const isTimerHost = process.env['LOCAL_TIMERS'] !== 'off'
  const statusFile = process.env['LOCAL_TIMER_STATUS']
  const timers = await startTimers(
    (isTimerHost ? registered : []).map(timerOf).filter((timer) => timer !== null),
    statusFile === undefined ? null : fileMonitor(statusFile),
  )
  const server = await serveHttp({
    functions: registered,
    port: Number(process.env['LOCAL_PORT'] ?? 0),
    hasStartPage: process.env['AzureWebJobsDisableHomepage']?.toLowerCase() !== 'true',
    adminKey: setting('LOCAL_ADMIN_KEY'),
    runNow: async (name) => {
      const fn = registered.find((known) => known.name === name)
      if (fn === undefined) throw new Error(`there is no function ${name}`)
      await runTimer(fn)
    },
    status: () => ({ inFlight: pumps.reduce((sum, pump) => sum + pump.inFlight(), 0) }),
    log,
  })

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    timers.stop()
    await server.close()
    await Promise.all(pumps.map((pump) => pump.stop()))
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => {}) // the parent decides
  process.on('disconnect', () => process.exit(0)) // the parent is gone
  process.send?.({ ready: server.url })
}

await main()
