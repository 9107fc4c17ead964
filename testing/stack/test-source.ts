import type { Services } from '../../local/services.ts'
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../local/simulator/server.ts'
import { jsonLog, type Log } from '../../shared/log.ts'

export const ENROLLMENT = '100'

export interface FreshOptions {
  readonly simulator?: Partial<SimulatorOptions>
  readonly settings?: Readonly<Record<string, string>>
}

/** A simulator, its key in the vault, and the settings of an archive that reads from it. */
export interface TestSource {
  readonly simulator: Simulator
  /** Name of the source's key in the vault; `{secret}-secondary` is the second. */
  readonly secret: string
  readonly log: Log
  /** Every logged line. */
  readonly lines: readonly string[]
  readonly settings: Readonly<Record<string, string>>
}

/** Starts the source of the archive called `name`. */
export async function startSource(
  services: Services,
  name: string,
  key: string,
  options: FreshOptions,
): Promise<TestSource> {
  const simulator = await startSimulator({
    seed: 1,
    months: 2,
    rowsPerDay: 40,
    enrollments: [ENROLLMENT],
    day: '2017-04-05',
    keys: () => [key],
    ...options.simulator,
  })
  // Each archive has its own secret, so that a failing one affects no other.
  const secret = `key-of-${name}`
  services.vault.secrets.set(secret, key)
  const lines: string[] = []
  const settings = {
    ...services.env,
    ENROLLMENTS: ENROLLMENT,
    ENTRA_ENROLLMENTS: ENROLLMENT,
    EA_KEY_SECRET_NAMES: `${secret},${secret}-secondary`,
    EA_REPORTING_ENDPOINT: simulator.url,
    RECHECK_DAYS: '0',
    RETRY_BASE_MS: '5',
    CACHE_TTL_SECONDS: '0',
    // Parquet has tests of its own, and would take most of the time of the others.
    VIEW_FORMATS: 'csv',
    ...options.settings,
  }
  return { simulator, secret, log: jsonLog((_level, line) => lines.push(line)), lines, settings }
}
