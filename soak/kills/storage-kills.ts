/**
 * Storage itself killed during a run, then started again from its disk: it may have lost its last seconds, in
 * state and snapshots. Later runs must converge.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startHost } from '../../local/host-process.ts'
import { type Services, startServices } from '../../local/services.ts'
import { type Azurite, startAzurite } from '../../local/stand-ins/azurite.ts'
import { makeContainers } from '../../local/storage-setup.ts'
import { datasets } from '../../shared/datasets/catalogue.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'
import { wrongRows } from '../../testing/stack/wrong-rows.ts'
import { DAY, hostSettings, secrets, startBill } from './host-kills.ts'

/** A lost message is noticed after a minute, the setting's minimum. */
const ROUNDS = 4
const ROUND_MS = 61_000
const SETTLE_MS = 6_000

/** What is wrong with the archive at the end; empty if it converged. */
export async function killStorage(afterMs: number): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'billing-archive-soak-'))
  const services = await startServices({ dataDir, secrets: secrets() })
  const simulator = await startBill()
  const settings = {
    ...hostSettings(services, services.azurite, simulator),
    REQUEUE_AFTER_MINUTES: '1',
  }
  const host = await startHost(settings, () => {})
  let revived: Awaited<ReturnType<typeof startAzurite>> | null = null
  try {
    const working = runTimers(host)
    await delay(afterMs)
    revived = await restart(services, dataDir)
    await working
    let wrong: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await runTimers(host)
      await host.runTimer('sweep').catch(() => {})
      await delay(SETTLE_MS)
      const stored = openArchive(services.azurite.blobUrl, services.credential)
      wrong = await wrongRows(stored, simulator, DAY)
      if (wrong.length === 0) break
      await delay(ROUND_MS)
    }
    return wrong
  } finally {
    await host.stop()
    await revived?.close()
    await simulator.close()
    await services.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Timers on schedule; a timer that fails while storage is down runs again. */
async function runTimers(host: Awaited<ReturnType<typeof startHost>>): Promise<void> {
  for (const { name } of datasets) await host.runTimer(`archive-${name}`).catch(() => {})
}

async function restart(services: Services<Azurite>, dataDir: string) {
  const { azurite, certificate, credential } = services
  const exited = once(azurite.process, 'exit')
  azurite.process.kill('SIGKILL')
  await exited
  const revived = await startAzurite({
    certificate,
    location: join(dataDir, 'storage'),
    blobPort: Number(new URL(azurite.blobUrl).port),
    queuePort: Number(new URL(azurite.queueUrl).port),
  })
  await makeContainers(azurite.blobUrl, azurite.queueUrl, credential) // like a deployment
  return revived
}
