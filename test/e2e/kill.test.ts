/**
 * The function host as a process, killed with SIGKILL at its writes and at random moments, while storage
 * lives on. `KILLS=all` kills before and after each write of a reference run; otherwise a sample.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHost } from '../../local/host-process.ts'
import { runPass } from '../../local/pass.ts'
import { type Services, startServices } from '../../local/services.ts'
import { type Simulator, startSimulator } from '../../local/simulator/server.ts'
import { makeContainers } from '../../local/storage-setup.ts'
import { openArchive, sameness } from '../support/read-archive.ts'

const isFull = process.env['KILLS'] === 'all'
const RANDOM_KILLS = isFull ? 10 : 3
const SAMPLED_KILLS = 5
const ACCOUNTS = 400

let services: Services
let simulator: Simulator
let used = 0
let reference: Record<string, unknown>
let writes = 0
let runMs = 0

interface Storage {
  readonly blobUrl: string
  readonly queueUrl: string
}

beforeAll(async () => {
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => `kill${i}`)
  services = await startServices({ secrets: new Map([['ea-reporting-key-100', 'key']]), accounts })
  simulator = await startSimulator({
    seed: 1,
    months: 1,
    rowsPerDay: 5,
    day: '2017-04-02',
    enrollments: ['100'],
    keys: () => ['key'],
  })
  const storage = await freshStorage()
  const started = performance.now()
  await run(storage, { LOCAL_COUNT_WRITES: '1' }, (event) => {
    if (event === 'write') writes++
  })
  runMs = performance.now() - started
  reference = await contents(storage)
}, 60_000)
afterAll(async () => {
  await simulator.close()
  await services.close()
})

async function freshStorage(): Promise<Storage> {
  const storage = services.azurite.urlsOf(`kill${used++}`)
  await makeContainers(storage.blobUrl, storage.queueUrl, services.credential)
  return storage
}

function contents({ blobUrl }: Storage): Promise<Record<string, unknown>> {
  return sameness(openArchive(blobUrl, services.credential))
}

/** One pass of a host process; true if it was killed on the way. */
async function run(
  storage: Storage,
  env: Record<string, string>,
  onEvent: (event: string) => void = () => {},
  killAfterMs: number | null = null,
): Promise<boolean> {
  const host = await startHost(
    {
      ...services.env,
      ARCHIVE_STORAGE__blobServiceUri: storage.blobUrl,
      ARCHIVE_STORAGE__queueServiceUri: storage.queueUrl,
      ENROLLMENTS: '100',
      EA_REPORTING_ENDPOINT: simulator.url,
      BUSINESS_DAY: '2017-04-02',
      LOCAL_QUEUE_LEASE_SECONDS: '1',
      LOCAL_QUEUE_RETRY_SECONDS: '1',
      ...env,
    },
    ({ event }) => onEvent(event),
  )
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
    () => died, // it can't be asked any more
  )
  const outcome = await Promise.race([passed, died])
  isOver = true
  await killer
  await host.stop()
  return outcome === 'died'
}

describe('a function host that is killed', () => {
  it('at a write leaves an archive that the next run makes the same', async () => {
    expect(writes).toBeGreaterThan(40)
    const places = Array.from({ length: writes }, (_, i) => [
      `before:${i + 1}`,
      `after:${i + 1}`,
    ]).flat()
    const step = isFull ? 1 : places.length / SAMPLED_KILLS
    const offset = Math.random() * step
    let kills = 0
    for (let i = offset; i < places.length; i += step) {
      const at = places[Math.floor(i)] ?? ''
      const storage = await freshStorage()
      if (await run(storage, { LOCAL_FAULT_AT: at })) kills++
      await run(storage, {})
      expect(await contents(storage), at).toEqual(reference)
    }
    expect(kills).toBeGreaterThan(0)
  }, 3_600_000)

  it('at a random moment leaves an archive that the next run makes the same', async () => {
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      const storage = await freshStorage()
      const afterMs = Math.random() * runMs
      await run(storage, {}, () => {}, afterMs)
      await run(storage, {})
      expect(await contents(storage), `after ${Math.round(afterMs)} ms`).toEqual(reference)
    }
  }, 600_000)
})
