/**
 * Items that a host sends to Application Insights: the app's log lines, the platform's items for every
 * function run, and the storage clients' lines for every request if host.json lets them through.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { atMost, type Figure, shown } from '../bench/measure.ts'
import { startHost } from '../local/host-process.ts'
import { runPass } from '../local/pass.ts'
import { startServices } from '../local/services.ts'
import { startSimulator } from '../local/simulator/server.ts'

const KEY = 'the-key-of-the-telemetry'
const IDLE_SECONDS = 30
const TEN_MINUTES = 600
/** Sweeps in ten minutes on the deployment's schedule, including one at the start. */
const SWEEPS = 1

/**
 * Items per run: the request, "Executing" and "Executed". Source: the host's categories `Host.Results` and
 * `Function.*`.
 */
const ITEMS_OF_A_RUN = 3
/** Azure.Core logs a request and its response, both at Information. Source: Azure SDK for .NET, "Logging". */
const LINES_OF_A_REQUEST = 2

export async function telemetryFigures(say: (line: string) => void): Promise<Figure[]> {
  let requests = 0
  const services = await startServices({
    secrets: new Map([['ea-reporting-key-100', KEY]]),
    onAccess: () => requests++,
  })
  const simulator = await startSimulator({
    seed: 1,
    months: 2,
    rowsPerDay: 40,
    day: '2017-05-12',
    enrollments: ['100'],
    keys: () => [KEY],
  })
  const events = new Map<string, number>()
  const host = await startHost(
    {
      ...services.env,
      ENROLLMENTS: '100',
      EA_REPORTING_ENDPOINT: simulator.url,
      BUSINESS_DAY: '2017-05-12',
      LOG_LEVEL: 'info',
      LOCAL_TIMERS: 'off',
      LOCAL_QUEUE_POLL_MS: '10000', // the default of host.json
    },
    ({ event }) => events.set(event, (events.get(event) ?? 0) + 1),
  )
  const lines = (): number => [...events.values()].reduce((sum, count) => sum + count, 0)

  const logLevel = await hostLogLevels()
  const isRunLogged = isLogged(logLevel, 'Function.archive-parts', 'Information')
  const isRequestLogged = isLogged(logLevel, 'Azure.Core', 'Information')
  const itemsOf = (counts: { lines: number; runs: number; requests: number }): number =>
    counts.lines +
    (isRunLogged ? ITEMS_OF_A_RUN * counts.runs : 0) +
    (isRequestLogged ? LINES_OF_A_REQUEST * counts.requests : 0)

  await runPass([host], services.azurite.queueUrl, services.credential)
  const parts = (events.get('part.written') ?? 0) + (events.get('part.unchanged') ?? 0)
  for (const [event, count] of events) say(`a pass: ${count} × ${event}`)
  const pass = itemsOf({ lines: lines(), runs: 5 + parts, requests })

  events.clear()
  requests = 0
  await delay(IDLE_SECONDS * 1_000)
  const idle = { lines: lines(), requests }
  events.clear()
  requests = 0
  for (let sweep = 1; sweep <= SWEEPS; sweep++) await host.runTimer('sweep')
  const swept = { lines: lines(), runs: SWEEPS, requests }
  for (const [event, count] of events) say(`a sweep: ${count} × ${event}`)
  const scale = TEN_MINUTES / IDLE_SECONDS
  say(`idle for ${IDLE_SECONDS} s: ${idle.lines} lines, ${idle.requests} requests to storage`)

  await host.stop()
  await simulator.close()
  await services.close()
  const idleItems = itemsOf({ lines: idle.lines * scale, runs: 0, requests: idle.requests * scale })
  return [
    atMost('telemetry-items-idle', idleItems + itemsOf(swept), 20, 'items'),
    shown('telemetry-items-pass', pass, 'items'),
  ]
}

type LogLevels = Readonly<Record<string, string>>

async function hostLogLevels(): Promise<LogLevels> {
  const text = await readFile(new URL('../host.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { logging: { logLevel: LogLevels } }).logging.logLevel
}

const LEVELS = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None']

/**
 * True if a line is let through: the longest matching prefix of its category decides. Source: .NET, "Log
 * filtering".
 */
export function isLogged(levels: LogLevels, category: string, level: string): boolean {
  const names = Object.keys(levels).filter((name) => name !== 'default')
  const [name = 'default'] = names
    .filter((each) => category === each || category.startsWith(`${each}.`))
    .sort((a, b) => b.length - a.length)
  return LEVELS.indexOf(level) >= LEVELS.indexOf(levels[name] ?? 'Information')
}
