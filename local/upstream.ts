import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, startChild } from './child.ts'
import type { SimulatorMessage } from './simulator/main.ts'
import type { StartOptions } from './start-options.ts'

/** The source of this run. */
export interface Upstream {
  readonly url: string
  readonly isSimulated: boolean
  readonly enrollments: readonly string[]
  /** The Reporting API key of every enrollment, by its name in the vault. */
  readonly secrets: Map<string, string>
  /** Settings with which the functions use it. */
  readonly settings: Readonly<Record<string, string>>
  /** Resolves when the simulator has ended; never for a remote source. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

export const SIMULATED_ENROLLMENTS = '100'

/** How to archive from another source than the simulated one, for `--help`. */
export const UPSTREAM_HELP =
  'To archive from a real server, set EA_REPORTING_ENDPOINT, EA_REPORTING_KEY and ENROLLMENTS.'

/**
 * The port that the simulator used last for this data. ETags are trusted for the same URL only, so after a
 * change of port everything would be fetched again.
 */
async function rememberedPort(file: string): Promise<number> {
  try {
    return Number(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/** A source that the environment names. */
interface RemoteSource {
  readonly endpoint: string
  readonly key: string
  readonly enrollments: readonly string[]
}

/** The source that the environment names; null for a simulated one. Throws if something of it is missing. */
export function remoteSource(env: NodeJS.ProcessEnv): RemoteSource | null {
  const endpoint = env['EA_REPORTING_ENDPOINT']?.trim() ?? ''
  if (endpoint === '') return null
  const enrollments = enrollmentsIn(env)
  const key = env['EA_REPORTING_KEY']?.trim() ?? ''
  if (key === '' || enrollments.length === 0) {
    throw new Error(
      'EA_REPORTING_ENDPOINT is set, so EA_REPORTING_KEY (a Reporting API key) and ENROLLMENTS (e.g. 100,200) must be set too.',
    )
  }
  return { endpoint, key, enrollments }
}

function enrollmentsIn(env: NodeJS.ProcessEnv, byDefault = ''): string[] {
  return (env['ENROLLMENTS']?.trim() || byDefault)
    .split(',')
    .map((enrollment) => enrollment.trim())
    .filter((enrollment) => enrollment !== '')
}

/** Starts the source that the environment names, or a simulated one. */
export async function startUpstream(
  options: StartOptions,
  dataDir: string,
  env: NodeJS.ProcessEnv,
): Promise<Upstream> {
  const remote = remoteSource(env)
  if (remote !== null) {
    const ended = new Promise<void>(() => {})
    const asked = askedWith(remote.endpoint, remote.key, remote.enrollments)
    return { ...asked, isSimulated: false, ended, stop: async () => {} }
  }
  const enrollments = enrollmentsIn(env, SIMULATED_ENROLLMENTS)
  const key = env['EA_REPORTING_KEY']?.trim() || randomBytes(32).toString('base64url')
  const portFile = join(dataDir, 'simulator-port')
  const message: SimulatorMessage = {
    port: await rememberedPort(portFile),
    seed: options.seed,
    months: options.months,
    rowsPerDay: options.rowsPerDay,
    ...(options.day === undefined ? {} : { day: options.day }),
    enrollments: [...enrollments],
    key,
  }
  const { PATH, HOME, TMPDIR } = env
  const child: Child = await startChild(new URL('./simulator/main.ts', import.meta.url), {
    env: { PATH, HOME, TMPDIR },
    message,
  })
  await mkdir(dataDir, { recursive: true })
  await writeFile(portFile, new URL(child.url).port)
  const { url, exited: ended, stop } = child
  return { ...askedWith(url, key, enrollments), isSimulated: true, ended, stop }
}

/** The settings and secrets for the source at `url`. */
function askedWith(
  url: string,
  key: string,
  enrollments: readonly string[],
): Pick<Upstream, 'url' | 'enrollments' | 'secrets' | 'settings'> {
  const secrets = new Map(enrollments.map((number) => [`ea-reporting-key-${number}`, key]))
  return { url, enrollments, secrets, settings: { EA_REPORTING_ENDPOINT: url } }
}
