/** A complete archive for a test: Azurite over https, identity, a vault, the simulator, the real clients. */
import { randomBytes } from 'node:crypto'
import { QueueClient } from '@azure/storage-queue'
import type { Services } from '../../local/services.ts'
import type { Simulator } from '../../local/simulator/server.ts'
import { grantKey, makeContainers } from '../../local/storage-setup.ts'
import { readConfig } from '../../shared/config.ts'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import { createDeps, type Deps } from '../../shared/deps.ts'
import { parseDownloadMessage } from '../../shared/format/download-request.ts'
import { ARCHIVE_QUEUE, DOWNLOAD_QUEUE } from '../../shared/format/layout.ts'
import type { Log } from '../../shared/log.ts'
import { composeDownload } from '../../shared/usecases/downloads/compose-download.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import type { PartMessage } from '../../shared/usecases/state/part-message.ts'
import { joinStorage, ownStorage } from './shared-storage.ts'
import { ENROLLMENT, type FreshOptions, startSource } from './test-source.ts'
import { readMessage, stages, workQueue } from './work-queue.ts'

/** Creates empty archives for the tests of a file, each in a separate account. */
export interface Stack {
  readonly services: Services
  /** The key of every source. */
  readonly sourceKey: string
  /** Creates an archive with its own simulator and empty storage. */
  fresh(options?: FreshOptions): Promise<TestArchive>
  close(): Promise<void>
}

/** One archive, with the actions of a test. */
export interface TestArchive {
  readonly simulator: Simulator
  readonly deps: Deps
  readonly key: string
  /** The key with which the archive fetches from its source. */
  readonly sourceKey: string
  /** All logged lines. */
  readonly lines: readonly string[]
  readonly blobUrl: string
  /** Settings for a process that works on the same archive. */
  readonly settings: Readonly<Record<string, string>>
  /** Name of the source's key in the vault; `{secret}-secondary` is the second. */
  readonly secret: string
  readonly queue: QueueClient
  /** The same archive on another host, with its own clients and settings. */
  host(settings?: Readonly<Record<string, string>>): Deps
  /** Runs the timers, or those of `only`, and everything that they put on the queue, on `day`. */
  run(day?: string, only?: readonly DatasetName[]): Promise<void>
  /** The same on another host. */
  runOn(deps: Deps, day: string, only?: readonly DatasetName[]): Promise<void>
  /** Processes the queued parts. */
  drain(): Promise<void>
  /** Composes queued downloads. */
  compose(): Promise<void>
  close(): Promise<void>
}

const MAX_ARCHIVES = 400

/** Starts on the storage that several processes share, if there is one, otherwise on its own. */
export async function startStack(archives = MAX_ARCHIVES): Promise<Stack> {
  const { services, takeAccount } = (await joinStorage()) ?? (await ownStorage(archives))
  // @azure/identity finds its endpoint in App Service's variables.
  Object.assign(process.env, services.env)
  const sourceKey = randomBytes(24).toString('base64url')

  return {
    services,
    sourceKey,
    async fresh(options = {}) {
      const account = await takeAccount()
      const { blobUrl, queueUrl } = services.azurite.urlsOf(account)
      await makeContainers(blobUrl, queueUrl, services.credential)
      const source = await startSource(services, account, sourceKey, options)
      const { simulator, log } = source
      const opened: Deps[] = []

      const common = {
        ...source.settings,
        ARCHIVE_STORAGE__blobServiceUri: blobUrl,
        ARCHIVE_STORAGE__queueServiceUri: queueUrl,
      }
      const host = (settings: Readonly<Record<string, string>> = {}): Deps => {
        const config = readConfig({ ...common, ...settings })
        const deps = createDeps(config, log)
        opened.push(deps)
        return deps
      }

      const deps = host()
      const key = randomBytes(24).toString('base64url')
      await grantKey(blobUrl, services.credential, key, [ENROLLMENT])
      const queue = new QueueClient(`${queueUrl}/${ARCHIVE_QUEUE}`, services.credential)
      const downloadQueue = new QueueClient(`${queueUrl}/${DOWNLOAD_QUEUE}`, services.credential)
      return {
        simulator,
        deps,
        key,
        sourceKey,
        lines: source.lines,
        blobUrl,
        settings: common,
        secret: source.secret,
        queue,
        host,
        run: (day = simulator.day(), only) => runAll(withDay(deps, day, log), queue, only),
        drain: () => drain(deps, queue, AbortSignal.timeout(60_000)),
        compose: () => composeAll(deps, downloadQueue),
        runOn: (other, day, only) => runAll(withDay(other, day, log), queue, only),
        async close() {
          await Promise.all(opened.map((each) => each.close()))
          await simulator.close()
        },
      }
    },
    close: services.close,
  }
}

/** `deps` on another business day. */
export function withDay(deps: Deps, day: string, log: Log = deps.archive.log): Deps {
  return { ...deps, archive: { ...deps.archive, businessDay: () => day, log } }
}

/** Runs the timers and the queue on one host until all work is done. */
export async function runAll(
  deps: Deps,
  queue: QueueClient,
  only?: readonly DatasetName[],
): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  for (const stage of stages) {
    for (const dataset of stage) {
      if (only !== undefined && !only.includes(dataset.name)) continue
      await archiveDataset(deps.archive, dataset, signal)
    }
    await drain(deps, queue, signal)
  }
}

/** Processes messages, eight at a time, until there are none. */
export async function drain(
  deps: Deps,
  queue: QueueClient,
  signal: AbortSignal,
  leaseSeconds = 30,
): Promise<void> {
  const handle = (message: PartMessage): Promise<void> => archivePart(deps.archive, message, signal)
  await workQueue(queue, { atOnce: 8, leaseSeconds, read: readMessage, handle })
}

/** Composes downloads until none is queued. */
async function composeAll(deps: Deps, queue: QueueClient): Promise<void> {
  const { archive, http } = deps
  const signal = AbortSignal.timeout(60_000)
  const read = (text: string): string =>
    parseDownloadMessage(JSON.parse(Buffer.from(text, 'base64').toString()))
  const handle = (id: string): Promise<void> => composeDownload({ ...http, ...archive }, id, signal)
  await workQueue(queue, { atOnce: 4, leaseSeconds: 30, read, handle })
}
