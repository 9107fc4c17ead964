import { randomBytes } from 'node:crypto'
import { codeSettings, hostSettings } from '../shared/config.ts'
import { datasets } from '../shared/datasets/catalogue.ts'
import { scheduleSetting } from '../shared/datasets/dataset.ts'
import { type Child, startChild } from './child.ts'

/** A line that a function logged: its event and fields. */
export type HostEvent = { readonly event: string } & Readonly<Record<string, unknown>>

/** A function host as a separate process, as in Azure. */
export interface HostProcess extends Child {
  /** Runs a timer function immediately; resolves when it has finished, rejects if it failed. */
  runTimer(name: string): Promise<void>
  /** How many messages are in progress. */
  inFlight(): Promise<number>
}

/** Memory settings of a host's process, the same as Bicep sets in Azure. */
export const processSettings: Readonly<Record<string, string>> = {
  languageWorkers__node__arguments: '--max-semi-space-size=2',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '65536',
}

/** The Node flags with which the platform starts a worker. */
export function workerArguments(settings: NodeJS.ProcessEnv): string[] {
  const text = settings['languageWorkers__node__arguments'] ?? ''
  return text.split(' ').filter((flag) => flag !== '')
}

/** Settings that only the local host reads (docs/settings.md, "Local"). */
const ownSettings = ['LOCAL_QUEUE_LEASE_SECONDS', 'LOCAL_QUEUE_RETRY_SECONDS', 'LOCAL_TIMER_STATUS']

/** Settings that the platform provides in Azure, and their local defaults. */
const LOCAL_SETTINGS: Readonly<Record<string, string>> = {
  // The list of billing periods first, because the others plan from it; then every ten minutes one.
  ...Object.fromEntries(
    datasets.map((dataset, i) => [
      scheduleSetting(dataset),
      `0 ${(i % 6) * 10} ${3 + Math.floor(i / 6)} * * *`,
    ]),
  ),
  SWEEP_SCHEDULE: '0 */5 * * * *',
  RECONCILE_SCHEDULE: '0 0 5 * * *',
  LEDGER_SCHEDULE: '0 30 5 * * *',
  VERIFY_SCHEDULE: '0 0 6 * * *',
  STATUS_SCHEDULE: '0 0 7 * * *',
  ...processSettings,
  // Here every run checks everything, which is what its user wants to see.
  RECHECK_DAYS: '0',
  RETRY_TRIES: '6',
  RETRY_HEADERS_SECONDS: '20',
  RETRY_TRY_SECONDS: '40',
  RETRY_BUDGET_SECONDS: '60',
  LOG_LEVEL: 'debug',
  AzureWebJobsDisableHomepage: 'true',
  LOCAL_QUEUE_LEASE_SECONDS: '15',
  LOCAL_QUEUE_RETRY_SECONDS: '2',
}

/** The part of an environment that a host receives: its settings, and what a process needs. */
export function givenSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const handedOn = [...codeSettings, ...hostSettings, ...ownSettings, 'PATH', 'HOME', 'TMPDIR']
  return Object.fromEntries(handedOn.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

/**
 * Starts a host. `env` overrides this process's environment, which overrides the local defaults. The host
 * receives no other variables except those that a process needs.
 */
export async function startHost(
  env: Readonly<Record<string, string>>,
  onEvent: (event: HostEvent, level: string) => void,
): Promise<HostProcess> {
  const adminKey = randomBytes(24).toString('base64url')
  const given = givenSettings(process.env)
  const settings = { ...LOCAL_SETTINGS, ...given, ...env }
  const child = await startChild(new URL('./function-host/main.ts', import.meta.url), {
    env: { ...settings, LOCAL_ADMIN_KEY: adminKey },
    nodeArguments: workerArguments(settings),
    onLine: (line) => readLine(line, onEvent),
  })

  async function admin(method: string, path: string): Promise<unknown> {
    const response = await fetch(`${child.url}/admin/${path}`, {
      method,
      headers: { 'x-functions-key': adminKey },
    })
    const body = (await response.json()) as { message?: string }
    if (!response.ok) throw new Error(body.message ?? `status ${response.status} of ${path}`)
    return body
  }

  return {
    ...child,
    async runTimer(name) {
      await admin('POST', `functions/${name}`)
    },
    async inFlight() {
      return ((await admin('GET', 'host/status')) as { inFlight: number }).inFlight
    },
  }
}

/** A line is `{level, message}`, where the message is usually JSON from the app's log. */
function readLine(line: string, onEvent: (event: HostEvent, level: string) => void): void {
  const outer = parse(line)
  const level = typeof outer?.['level'] === 'string' ? outer['level'] : 'info'
  const message = typeof outer?.['message'] === 'string' ? outer['message'] : line
  const inner = typeof outer?.['event'] === 'string' ? outer : parse(message)
  if (typeof inner?.['event'] === 'string') onEvent(inner as HostEvent, level)
  else onEvent({ event: 'host.line', line: message }, level)
}

function parse(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null // not from the app's log: shown unchanged
  }
}
