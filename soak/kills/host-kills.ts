/**
 * The function host as a process, killed with SIGKILL at a write or at a moment, while storage keeps running.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { QueueClient } from '@azure/storage-queue'
import { startHost } from '../../local/host-process.ts'
import { runPass } from '../../local/pass.ts'
import type { Services } from '../../local/services.ts'
import { type Simulator, startSimulator } from '../../local/simulator/server.ts'
import { makeContainers } from '../../local/storage-setup.ts'
import { readConfig } from '../../shared/config.ts'
import { createDeps } from '../../shared/deps.ts'
import { ARCHIVE_QUEUE } from '../../shared/format/layout.ts'
import { jsonLog } from '../../shared/log.ts'
import { openArchive, sameness } from '../../testing/stack/read-archive.ts'
import { joinStorage, ownStorage } from '../../testing/stack/shared-storage.ts'
import { pass } from '../races/races.ts'

export const DAY = '2017-04-02'
const KEY = 'key'

/**
 * When a host dies: `before:7` or `after:7`, at its seventh write; or a number of milliseconds after its
 * start.
 */
export type Death = string | number

export interface KillStack {
  /** Number of writes of an undisturbed run; a host can be killed before and after each. */
  readonly writes: number
  /** How long the work of an undisturbed run takes, without the start of its host. */
  readonly runMs: number
  /**
   * Kills a host on a fresh storage, then lets another one in this process finish. Returns whether the first
   * one died, and how the archive differs from an undisturbed one (null if not).
   */
  kill(death: Death): Promise<{ died: boolean; difference: unknown }>
  close(): Promise<void>
}

interface Storage {
  readonly blobUrl: string
  readonly queueUrl: string
}

/** A small bill: one month of two days. */
export function startBill(): Promise<Simulator> {
  return startSimulator({
    seed: 1,
    months: 1,
    rowsPerDay: 5,
    day: DAY,
    enrollments: ['100'],
    keys: () => [KEY],
  })
}

export const secrets = (): Map<string, string> => new Map([['ea-reporting-key-100', KEY]])

/** Settings of a host that archives the bill of `simulator` into a storage. */
export function hostSettings(
  services: Services,
  { blobUrl, queueUrl }: Storage,
  simulator: Simulator,
): Record<string, string> {
  return {
    ...services.env,
    ARCHIVE_STORAGE__blobServiceUri: blobUrl,
    ARCHIVE_STORAGE__queueServiceUri: queueUrl,
    ENROLLMENTS: '100',
    EA_REPORTING_ENDPOINT: simulator.url,
    BUSINESS_DAY: DAY,
    LOCAL_QUEUE_LEASE_SECONDS: '1',
    LOCAL_QUEUE_RETRY_SECONDS: '1',
  }
}

/** Prepares accounts for the kills, and runs the reference. */
export async function startKillStack(kills: number): Promise<KillStack> {
  const { services, takeAccount } = (await joinStorage()) ?? (await ownStorage(kills + 1))
  // @azure/identity finds its endpoint in App Service's variables.
  Object.assign(process.env, services.env)
  for (const [name, key] of secrets()) services.vault.secrets.set(name, key)
  const simulator = await startBill()
  let writes = 0

  async function freshStorage(): Promise<Storage> {
    const storage = services.azurite.urlsOf(await takeAccount())
    await makeContainers(storage.blobUrl, storage.queueUrl, services.credential)
    return storage
  }

  /** One pass of a host process: whether it was killed meanwhile, and how long it worked. */
  async function run(
    storage: Storage,
    env: Record<string, string>,
    killAfterMs: number | null,
    onWrite: () => void = () => {},
  ): Promise<{ died: boolean; ms: number }> {
    const settings = { ...hostSettings(services, storage, simulator), ...env }
    const host = await startHost(settings, ({ event }) => {
      if (event === 'write') onWrite()
    })
    const started = performance.now()
    let isOver = false
    const killer =
      killAfterMs === null
        ? null
        : delay(killAfterMs).then(() => {
            if (!isOver) host.process.kill('SIGKILL')
          })
    const died = host.exited.then(() => 'died' as const)
    const passed = runPass([host], storage.queueUrl, services.credential).then(
      () => 'passed' as const,
      () => died, // it no longer answers
    )
    const outcome = await Promise.race([passed, died])
    isOver = true
    const ms = performance.now() - started
    await killer
    await host.stop()
    return { died: outcome === 'died', ms }
  }

  /** The next run, with the same timers and messages as in a host process. */
  async function finish(storage: Storage): Promise<void> {
    const config = readConfig(hostSettings(services, storage, simulator))
    const deps = createDeps(
      config,
      jsonLog(() => {}),
    )
    const queue = new QueueClient(`${storage.queueUrl}/${ARCHIVE_QUEUE}`, services.credential)
    try {
      await pass(deps, { queue })
    } finally {
      await deps.close()
    }
  }

  const contents = ({ blobUrl }: Storage): Promise<Record<string, unknown>> =>
    sameness(openArchive(blobUrl, services.credential))

  const clean = await freshStorage()
  const { ms: runMs } = await run(clean, { LOCAL_COUNT_WRITES: '1' }, null, () => writes++)
  const reference = await contents(clean)

  return {
    writes,
    runMs,
    async kill(death) {
      const storage = await freshStorage()
      const isAtWrite = typeof death === 'string'
      const env: Record<string, string> = isAtWrite ? { LOCAL_FAULT_AT: death } : {}
      const { died } = await run(storage, env, isAtWrite ? null : death)
      await finish(storage)
      const found = await contents(storage)
      const isSame = JSON.stringify(found) === JSON.stringify(reference)
      return { died, difference: isSame ? null : found }
    },
    async close() {
      await simulator.close()
      await services.close()
    },
  }
}

/** All writes of a run, before and after. */
export function placesOf({ writes }: KillStack): string[] {
  return Array.from({ length: writes }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
}
