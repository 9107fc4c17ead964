/** The composition root: settings → credential → clients → use cases' arguments. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueClient } from '@azure/storage-queue'
import { entraTokens } from './access/entra-tokens.ts'
import { hourlyQuota } from './access/quota.ts'
import { type Config, readConfig } from './config.ts'
import { catalogue } from './datasets/catalogue.ts'
import { ARCHIVE_QUEUE, containers, DOWNLOAD_QUEUE } from './format/layout.ts'
import type { HttpDeps } from './http/http-deps.ts'
import { reportFields } from './http/reporting/contract.ts'
import { jsonLog, type Log } from './log.ts'
import { encoderSlot } from './outputs/parquet/encoder-slot.ts'
import { policyOf, retryPolicyOf, servingPolicyOf } from './policies.ts'
import { deflateBlock } from './rows/blocks/gzip-blocks.ts'
import { inflate } from './rows/blocks/inflate.ts'
import { slots } from './rows/bytes/slots.ts'
import { textPool } from './rows/bytes/text-pool.ts'
import { SLICED_PARTS } from './rows/limits.ts'
import { keyVaultKeyRing } from './secrets/key-vault.ts'
import { isLoopback } from './setting-values.ts'
import { sourceCatalogue } from './sources/catalogue.ts'
import { httpClient } from './sources/http/http-client.ts'
import type { KeyRing } from './sources/key-ring.ts'
import type { SourceTools } from './sources/source-tools.ts'
import { blobReader } from './storage/blob-reader.ts'
import { blobVersions } from './storage/blob-versions.ts'
import { cachedReader } from './storage/cached-reader.ts'
import { downloadStore } from './storage/download-store.ts'
import { linkSigner } from './storage/link-signer.ts'
import { messageQueue } from './storage/message-queue.ts'
import type { BlobReader, LinkSigner, MessageQueue, StateStore } from './storage/ports.ts'
import { snapshotStore } from './storage/snapshot-store.ts'
import { type PlaceOf, soundReader } from './storage/sound-reader.ts'
import { stateStore } from './storage/state-store.ts'
import { viewStore } from './storage/view-store.ts'
import type { Archive } from './usecases/archive.ts'
import { findAnswering } from './usecases/read/answering-series.ts'
import { findPeriods } from './usecases/read/find-periods.ts'
import { newestSnapshots } from './usecases/read/newest-snapshots.ts'
import type { FindCopies } from './usecases/repair/copies.ts'
import { rememberedKeys } from './usecases/status/check-keys.ts'
import { knownDamage } from './usecases/verify/known-damage.ts'
import { WRITER } from './version.ts'

/** Everything that a host needs to run the program. */
export interface Deps {
  readonly archive: Archive
  /** Dependencies of the HTTP routes, on the same archive. */
  readonly http: HttpDeps
  /** The source's keys, to check when they expire. */
  readonly keyRing: KeyRing
  /** Older versions of snapshot files that storage kept, for repairs. */
  readonly olderVersions: FindCopies
  /** The credential for Azure. */
  readonly credential: TokenCredential
  close(): Promise<void>
}

/**
 * Time-outs between two chunks of a source's body, and for storage requests. Time-outs of whole requests are
 * settings.
 */
const SOURCE_BODY_TIMEOUT_MS = 60_000
const STORAGE_RETRY = { maxTries: 5, tryTimeoutInMs: 60_000, retryDelayInMs: 200 }

/** Size of the cache of callers' grants: some thousands. */
const GRANT_BYTES = 4 * 1024 * 1024

/**
 * `billing-access` for an operator who creates and revokes keys. The app's own identity may not write there,
 * and no function uses this.
 */
export function accessWriter(config: Config): StateStore {
  const service = new BlobServiceClient(
    config.ARCHIVE_STORAGE__blobServiceUri.href,
    new DefaultAzureCredential(),
    { retryOptions: STORAGE_RETRY },
  )
  return stateStore(service.getContainerClient(containers.access))
}

/** Builds the clients; connects to nothing yet. */
export function createDeps(config: Config, log: Log): Deps {
  const credential = new DefaultAzureCredential(
    config.AZURE_CLIENT_ID === undefined ? {} : { managedIdentityClientId: config.AZURE_CLIENT_ID },
  )
  const storage = (uri: URL): BlobServiceClient =>
    new BlobServiceClient(uri.href, credential, { retryOptions: STORAGE_RETRY })
  const archiveStorage = storage(config.ARCHIVE_STORAGE__blobServiceUri)
  const otherStorage = (uri: URL | undefined): BlobServiceClient =>
    uri === undefined ? archiveStorage : storage(uri)
  const viewStorage = otherStorage(config.VIEW_STORAGE__blobServiceUri)
  const downloadStorage = otherStorage(config.DOWNLOAD_STORAGE__blobServiceUri)
  const queue = (name: string): MessageQueue => {
    const service = config.ARCHIVE_STORAGE__queueServiceUri.href.replace(/\/$/, '')
    const options = { retryOptions: STORAGE_RETRY }
    return messageQueue(new QueueClient(`${service}/${name}`, credential, options))
  }
  const vault = new SecretClient(config.KEY_VAULT_URI.href, credential, {
    // A vault on this machine is a stand-in whose host is not in an Azure domain.
    disableChallengeResourceVerification: isLoopback(config.KEY_VAULT_URI),
  })
  const sourceHttp = httpClient({
    connections: config.SOURCE_CONNECTIONS,
    headersTimeoutMs: config.RETRY_HEADERS_SECONDS * 1_000,
    bodyTimeoutMs: SOURCE_BODY_TIMEOUT_MS,
  })
  const keyRing = keyVaultKeyRing(vault, config.EA_KEY_SECRET_NAMES)
  const tools: SourceTools = {
    config,
    http: sourceHttp,
    keyRing,
    retry: retryPolicyOf(config),
    log,
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    random: Math.random,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  }
  const container = (name: keyof typeof containers) =>
    archiveStorage.getContainerClient(containers[name])
  const state = stateStore(container('state'))
  const placeOf = knownDamage(state, config.CACHE_TTL_SECONDS * 1_000)
  const archive: Archive = {
    policy: policyOf(config),
    enrollments: config.ENROLLMENTS,
    catalogue,
    sources: sourceCatalogue.map(({ connect }) => connect(tools)),
    snapshots: soundReader(snapshotStore(container('snapshots')), placeOf),
    state,
    view: viewStore(viewStorage.getContainerClient(containers.current)),
    queue: queue(ARCHIVE_QUEUE),
    texts: textPool(),
    sliceSlots: slots(SLICED_PARTS),
    encoder: encoderSlot(),
    deflate: deflateBlock,
    inflate,
    log,
    newId: () => randomUUID().replaceAll('-', ''),
    elapsedMs: () => performance.now(),
    businessDay: () => config.BUSINESS_DAY ?? new Date().toISOString().slice(0, 10),
    writer: WRITER,
  }
  const http: HttpDeps = {
    ...servingDeps(config, archive, placeOf, blobReader(container('access'))),
    downloads: downloadStore(downloadStorage.getContainerClient(containers.downloads)),
    downloadQueue: queue(DOWNLOAD_QUEUE),
    serving: servingPolicyOf(config),
    reportFields,
    sign: signerOf(archiveStorage, downloadStorage),
    keyRing: rememberedKeys(keyRing, config.KEY_CHECK_SECONDS * 1_000, archive.elapsedMs),
  }
  const olderVersions: FindCopies = async function* (name) {
    for await (const { id, bytes } of blobVersions(container('snapshots'), name)) {
      yield { from: `version ${id}`, bytes }
    }
  }
  return { archive, http, keyRing, olderVersions, credential, close: () => sourceHttp.close() }
}

/** Signs each link for the account of its container. */
function signerOf(
  archiveStorage: BlobServiceClient,
  downloadStorage: BlobServiceClient,
): LinkSigner {
  const now = (): Date => new Date()
  const ofArchive = linkSigner(archiveStorage, now)
  if (downloadStorage === archiveStorage) return ofArchive
  const ofDownloads = linkSigner(downloadStorage, now)
  return (container, ...file) =>
    (container === containers.downloads ? ofDownloads : ofArchive)(container, ...file)
}

/** What serving takes from the archive, each with the memory that it is allowed. */
function servingDeps(
  config: Config,
  archive: Archive,
  placeOf: PlaceOf,
  grants: BlobReader,
): Omit<HttpDeps, 'serving' | 'downloads' | 'downloadQueue' | 'reportFields' | 'sign' | 'keyRing'> {
  const { ENTRA_TENANT_ID: tenantId, CACHE_TTL_SECONDS, SERVE_CACHE_BYTES } = config
  // Cached data of a file must not be served once the file is known to be damaged.
  const remembered = cachedReader(archive.snapshots.asStored, { maxBytes: SERVE_CACHE_BYTES })
  const reader = soundReader(remembered, placeOf)
  const answering = { ...archive, snapshots: reader }
  const ttlMs = CACHE_TTL_SECONDS * 1_000
  const entra = {
    authority: config.ENTRA_AUTHORITY,
    audiences: config.ENTRA_AUDIENCE,
    scopes: config.ENTRA_ENROLLMENTS,
  }
  return {
    archive,
    reader,
    placeOf,
    answering: findAnswering(answering, ttlMs),
    newest: newestSnapshots(reader, ttlMs),
    periods: findPeriods(answering, ttlMs),
    access: {
      grants: ttlMs === 0 ? grants : cachedReader(grants, { maxBytes: GRANT_BYTES, ttlMs }),
      tokens: tenantId === undefined ? null : entraTokens({ ...entra, tenantId }),
      now: () => new Date(),
    },
    quota: hourlyQuota(config.COMPOSED_PER_HOUR, archive.elapsedMs),
    now: () => new Date(),
    sleep: (ms) => delay(ms),
  }
}

let built: Deps | null = null

/** The functions' dependencies: built at the first invocation, so that loading a function does no work. */
export function hostDeps(): Deps {
  if (built === null) {
    const config = readConfig()
    const log = jsonLog((level, line) => {
      if (level !== 'debug' || config.LOG_LEVEL === 'debug') process.stdout.write(`${line}\n`)
    })
    built = createDeps(config, log)
  }
  return built
}

/**
 * Lets a host replace what {@link hostDeps} returns, before the first invocation: for fault injection in
 * tests.
 */
export function decorateDeps(decorate: (deps: Deps) => Deps): void {
  built = decorate(hostDeps())
}
