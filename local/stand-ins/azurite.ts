import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Certificate } from './certificate.ts'

/** The accounts of an Azurite, whichever process started it. */
export interface Storage {
  /** Includes the account's name: `https://127.0.0.1:{port}/devstoreaccount1`. */
  readonly blobUrl: string
  readonly queueUrl: string
  /** The same for another of its accounts. */
  urlsOf(account: string): { readonly blobUrl: string; readonly queueUrl: string }
  close(): Promise<void>
}

/** An Azurite started by this process. */
export interface Azurite extends Storage {
  readonly process: ChildProcess
  /** Resolves when its data is on disk and would survive a power failure; immediately for one in memory. */
  saved(): Promise<void>
}

/** Where the services of an Azurite listen: `https://127.0.0.1:{port}`. */
export interface StorageOrigins {
  readonly blob: string
  readonly queue: string
}

export interface AzuriteOptions {
  readonly certificate: Certificate
  /** Data folder; in memory if absent. */
  readonly location?: string
  /** 0 for free ones. */
  readonly blobPort?: number
  readonly queuePort?: number
  /** Additional accounts, each with an empty storage. */
  readonly accounts?: readonly string[]
  /** Receives each line of its access log. */
  readonly onAccess?: (line: string) => void
}

const ACCOUNT = 'devstoreaccount1'
const START_TIMEOUT_MS = 60_000

/** Azurite saves its data on exit; a full or missing disk must not block the stop. */
const STOP_GRACE_MS = 10_000

/** Starts Azurite as a separate process, with https and token authentication as in Azure. */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js')
  const { certificate } = options
  const flags = {
    blobHost: '127.0.0.1',
    blobPort: options.blobPort ?? 0,
    queueHost: '127.0.0.1',
    queuePort: options.queuePort ?? 0,
    tableHost: '127.0.0.1',
    tablePort: 0,
    oauth: 'basic',
    cert: certificate.certFile,
    key: certificate.keyFile,
    ...(options.location === undefined ? {} : { location: options.location }),
  }
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('./stop-with-parent.mjs', import.meta.url).href,
      program,
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...(options.location === undefined ? ['--inMemoryPersistence'] : []),
      ...(options.onAccess === undefined ? ['--silent'] : []),
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
    // In a process group of its own, so that Ctrl-C in a terminal does not stop it before its clients are
    // done.
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: { ...process.env, AZURITE_ACCOUNTS: accountList(options.accounts ?? []) },
    },
  )
  const origins = await listeningUrls(child, options.onAccess)
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM') // it writes its index to disk on exit
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
    await exited
    clearTimeout(impatience)
  }
  const saved = (): Promise<void> =>
    options.location === undefined ? Promise.resolve() : savedIn(options.location)
  return { ...storageAt(origins, close), process: child, saved }
}

/** Azurite writes its index every five seconds if anything has changed. */
const SAVES_WITHIN_MS = 7_000

async function savedIn(location: string): Promise<void> {
  const asked = Date.now()
  while (Date.now() - asked < SAVES_WITHIN_MS) {
    const times = await Promise.all(
      ['__azurite_db_blob__.json', '__azurite_db_blob_extent__.json'].map(async (name) => {
        return (await stat(join(location, name))).mtimeMs
      }),
    )
    if (times.every((time) => time > asked)) return
    await delay(100)
  }
}

/** The storage at these origins. */
export function storageAt(origins: StorageOrigins, close: () => Promise<void>): Storage {
  const urlsOf = (account: string) => ({
    blobUrl: `${origins.blob}/${account}`,
    queueUrl: `${origins.queue}/${account}`,
  })
  return { ...urlsOf(ACCOUNT), urlsOf, close }
}

/** Accounts with a key each, as Azurite requires. The keys are not used: access is by token. */
function accountList(accounts: readonly string[]): string {
  return [ACCOUNT, ...accounts]
    .map((name) => `${name}:${randomBytes(32).toString('base64')}`)
    .join(';')
}

async function listeningUrls(
  child: ChildProcess,
  onAccess: (line: string) => void = () => {},
): Promise<StorageOrigins> {
  const said: string[] = []
  let blob = ''
  let queue = ''
  const ready = Promise.withResolvers<void>()
  const timeout = setTimeout(() => ready.reject(new Error('no answer in time')), START_TIMEOUT_MS)
  child.once('exit', () => ready.reject(new Error('it stopped')))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('127.0.0.1 ')) return onAccess(line)
      said.push(line)
      const url = /(https?:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
      if (url !== undefined && line.includes('Blob service is successfully')) blob = url
      if (url !== undefined && line.includes('Queue service is successfully')) queue = url
      if (blob !== '' && queue !== '') ready.resolve()
    })
  }
  try {
    await ready.promise
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error(`Azurite did not start:\n${said.join('\n')}`, { cause })
  } finally {
    clearTimeout(timeout)
  }
  return { blob, queue }
}
