/**
 * Shared storage: starting an Azurite takes a second of work, so the test run starts a few and passes them to
 * the processes of its files in an environment variable.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { type Services, servicesOn, startServices } from '../../local/services.ts'
import { type StorageOrigins, startAzurite, storageAt } from '../../local/stand-ins/azurite.ts'
import { makeCertificate } from '../../local/stand-ins/certificate.ts'
import { startManagedIdentity } from '../../local/stand-ins/managed-identity.ts'
import { tokenIssuer } from '../../local/stand-ins/tokens.ts'
import { trustAlso } from '../../local/trust-also.ts'
import { containers } from '../../shared/format/layout.ts'

export const SHARED_STORAGE = 'SHARED_STORAGE'

/** Accounts per shared storage; their names must fit into one environment variable. */
const SHARED_ACCOUNTS = 1_000

/** Content of the variable. */
interface Shared {
  readonly storages: readonly StorageOrigins[]
  readonly certFile: string
  readonly keyFile: string
  /** Signs tokens. @azure/identity caches those of one file for the next file of the same process. */
  readonly tokenSecret: string
  /** Settings of the identity. @azure/identity uses the first endpoint of a process for all of its files. */
  readonly identity: Readonly<Record<string, string>>
}

/** Services, with unused accounts on their storage. */
export interface StackStorage {
  readonly services: Services
  takeAccount(): Promise<string>
}

/** Starts `count` storages; returns the variable's value. */
export async function startSharedStorage(
  count: number,
): Promise<{ readonly value: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-shared-'))
  const certificate = await makeCertificate(folder)
  const accounts = Array.from({ length: SHARED_ACCOUNTS }, (_, i) => accountNamed(i))
  const azurites = await Promise.all(
    Array.from({ length: count }, () => startAzurite({ certificate, accounts })),
  )
  const tokenSecret = randomBytes(32)
  const identity = await startManagedIdentity(
    tokenIssuer(tokenSecret),
    randomBytes(16).toString('hex'),
  )
  const shared: Shared = {
    storages: azurites.map(({ blobUrl, queueUrl }) => ({
      blob: new URL(blobUrl).origin,
      queue: new URL(queueUrl).origin,
    })),
    certFile: certificate.certFile,
    keyFile: certificate.keyFile,
    tokenSecret: tokenSecret.toString('base64'),
    identity: identity.env,
  }
  return {
    value: JSON.stringify(shared),
    async close() {
      await Promise.all([identity, ...azurites].map((each) => each.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The storage in the variable; null if there is none. Closing it here does not stop it. */
export async function joinStorage(): Promise<StackStorage | null> {
  const text = process.env[SHARED_STORAGE]
  if (text === undefined) return null
  const { storages, certFile, keyFile, tokenSecret, identity } = JSON.parse(text) as Shared
  // Concurrent workers have different numbers, so each uses another storage.
  const origins = storages[Number(process.env['VITEST_POOL_ID'] ?? 0) % storages.length]
  if (origins === undefined) throw new Error(`${SHARED_STORAGE} names no storage`)
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
  const certificate = { cert, key, certFile, keyFile }
  trustAlso(certificate.cert)
  const storage = storageAt(origins, async () => {})
  const issuer = tokenIssuer(Buffer.from(tokenSecret, 'base64'))
  const services = await servicesOn(storage, certificate, new Map(), {
    issuer,
    env: identity,
    close: async () => {},
  })
  const first = Math.floor(Math.random() * SHARED_ACCOUNTS)
  let tried = 0
  return {
    services,
    /** The process that creates an account's first container owns the account. */
    async takeAccount() {
      while (tried < SHARED_ACCOUNTS) {
        const account = accountNamed((first + tried++) % SHARED_ACCOUNTS)
        const client = new BlobServiceClient(storage.urlsOf(account).blobUrl, services.credential)
        const container = client.getContainerClient(containers.snapshots)
        if ((await container.createIfNotExists()).succeeded) return account
      }
      throw new Error('there are more archives than accounts')
    },
  }
}

/** A storage for this process only, with this many accounts. */
export async function ownStorage(archives: number): Promise<StackStorage> {
  const accounts = Array.from({ length: archives }, (_, i) => accountNamed(i))
  const services = await startServices({ secrets: new Map(), accounts })
  const free = accounts.values()
  return {
    services,
    async takeAccount() {
      const { value, done } = free.next()
      if (done === true) throw new Error('there are more archives than accounts')
      return value
    },
  }
}

const accountNamed = (i: number): string => `test${i}`
