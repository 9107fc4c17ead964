/**
 * An archive in memory that reads from a real server with the real client, identity and vault: for tests of what a
 * source does, which take a tenth of their time on Azurite. That both storages keep the same promises is proved by
 * test/contract.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { readConfig } from '../../shared/config.ts'
import { datasets } from '../../shared/datasets/catalogue.ts'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import { createDeps, type Deps } from '../../shared/deps.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import {
  type MemoryMessage,
  type MemoryStorage,
  memoryStorage,
} from '../simulation/memory-storage.ts'
import type { Stack, TestArchive } from './archive-stack.ts'
import { type StoredArchive, storedArchive } from './read-archive.ts'
import { type FreshOptions, startSource } from './test-source.ts'
import { stages } from './work-queue.ts'

export interface MemoryArchive
  extends Pick<
    TestArchive,
    'simulator' | 'secret' | 'lines' | 'settings' | 'deps' | 'host' | 'run' | 'runOn' | 'close'
  > {
  /** The archive as others read it. */
  readonly stored: StoredArchive
  /** Processes the next message on a host; false if there is none. */
  workOnNext(deps: Deps, day: string): Promise<boolean>
  /** Makes the messages visible that a dead host had taken. */
  endLeases(): void
}

/** Makes an empty archive in memory, with a source of its own. */
export async function freshInMemory(
  { services, sourceKey }: Pick<Stack, 'services' | 'sourceKey'>,
  options: FreshOptions = {},
): Promise<MemoryArchive> {
  const { log, ...source } = await startSource(services, randomUUID(), sourceKey, options)
  const storage = memoryStorage(Date.now)
  const { snapshots, state, view, queue } = storage
  const opened: Deps[] = []

  function host(settings: Readonly<Record<string, string>> = {}): Deps {
    const deps = createDeps(readConfig({ ...source.settings, ...settings }), log)
    opened.push(deps)
    return { ...deps, archive: { ...deps.archive, snapshots, state, view, queue } }
  }

  async function runOn(
    deps: Deps,
    day: string,
    only: readonly DatasetName[] = datasets.map(({ name }) => name),
  ): Promise<void> {
    const archive = { ...deps.archive, businessDay: () => day }
    const signal = AbortSignal.timeout(60_000)
    for (const stage of stages) {
      for (const dataset of stage) {
        if (only.includes(dataset.name)) await archiveDataset(archive, dataset, signal)
      }
      await drain(archive, storage, signal)
    }
  }

  const deps = host()
  return {
    ...source,
    deps,
    host,
    stored: storedArchive(blobsOf(storage)),
    run: (day = source.simulator.day(), only) => runOn(deps, day, only),
    runOn,
    async workOnNext(deps, day) {
      const message = storage.stored.messages.find(({ visibleAt }) => visibleAt <= Date.now())
      if (message === undefined) return false
      const archive = { ...deps.archive, businessDay: () => day }
      await workOn(archive, storage, message, AbortSignal.timeout(60_000))
      return true
    },
    endLeases() {
      for (const message of storage.stored.messages) message.visibleAt = Date.now()
    },
    async close() {
      await Promise.all(opened.map((each) => each.close()))
      await source.simulator.close()
    },
  }
}

const AT_ONCE = 8

/** Longer than any test works on a message. */
const LEASE_MS = 60_000

/** Processes messages until there are none; those that are hidden are waited for. */
async function drain(archive: Archive, storage: MemoryStorage, signal: AbortSignal): Promise<void> {
  const { messages } = storage.stored
  while (messages.length > 0) {
    const visible = messages.filter(({ visibleAt }) => visibleAt <= Date.now()).slice(0, AT_ONCE)
    if (visible.length === 0) await delay(20, undefined, { signal })
    await Promise.all(visible.map((message) => workOn(archive, storage, message, signal)))
  }
}

async function workOn(
  archive: Archive,
  { stored: { messages } }: MemoryStorage,
  message: MemoryMessage,
  signal: AbortSignal,
): Promise<void> {
  message.visibleAt = Date.now() + LEASE_MS
  await archivePart(archive, parseMessage(JSON.parse(message.body)), signal)
  messages.splice(messages.indexOf(message), 1)
}

function blobsOf({ stored }: MemoryStorage): Pick<StoredArchive, 'names' | 'bytes'> {
  const containers: Readonly<Record<string, MemoryStorage['stored']['snapshots']>> = {
    'billing-snapshots': stored.snapshots,
    'billing-state': stored.state,
    'billing-current': stored.view,
  }
  return {
    names: async (container) => [...(containers[container]?.keys() ?? [])].sort(),
    async bytes(container, name) {
      const blob = containers[container]?.get(name)
      if (blob === undefined) throw new Error(`${container} has no ${name}`)
      return blob.bytes
    },
  }
}
