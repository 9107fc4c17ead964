import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenCredential } from '@azure/identity'
import { makeFolder } from './make-folder.ts'
import { type Azurite, type Storage, startAzurite } from './stand-ins/azurite.ts'
import { type Certificate, makeCertificate } from './stand-ins/certificate.ts'
import { type EntraTenant, startEntra } from './stand-ins/entra.ts'
import { type KeyVault, startKeyVault } from './stand-ins/key-vault.ts'
import { type ManagedIdentity, startManagedIdentity } from './stand-ins/managed-identity.ts'
import { tokenIssuer } from './stand-ins/tokens.ts'
import { makeContainers } from './storage-setup.ts'
import { trustAlso } from './trust-also.ts'

/** Local replacements of Azure's services: storage, identity, a vault. */
export interface Services<S extends Storage = Storage> {
  readonly azurite: S
  readonly vault: KeyVault
  /** Issues tokens to callers. */
  readonly entra: EntraTenant
  readonly credential: TokenCredential
  /** The certificate of Azurite and vault; a test's server may use it too. */
  readonly certificate: Certificate
  /** Settings with which the app finds these services. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface ServicesOptions {
  /** Folder of the local storage; absent: in memory. */
  readonly dataDir?: string
  readonly blobPort?: number
  readonly secrets: Map<string, string>
  /** Additional empty storage accounts, for tests. Their containers are not created. */
  readonly accounts?: readonly string[]
  /** Receives each line of the storage's access log. */
  readonly onAccess?: (line: string) => void
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'billing-archive-'))
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException
    const todo = 'set TMPDIR to a writable folder'
    throw new Error(`can't create a file in ${tmpdir()} (${code}): ${todo}`, { cause })
  }
}

/** Starts the services on loopback, with a certificate that this process trusts from then on. */
export async function startServices(options: ServicesOptions): Promise<Services<Azurite>> {
  const temporary = await temporaryFolder()
  const certificate = await makeCertificate(temporary)
  trustAlso(certificate.cert)
  const location = options.dataDir === undefined ? undefined : join(options.dataDir, 'storage')
  if (location !== undefined) await makeFolder(location)
  const azurite = await startAzurite({
    certificate,
    ...(location === undefined ? {} : { location }),
    ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
    ...(options.onAccess === undefined ? {} : { onAccess: options.onAccess }),
    ...(options.blobPort === undefined ? {} : { blobPort: options.blobPort }),
  })
  const issuer = tokenIssuer(randomBytes(32))
  const identity = await startManagedIdentity(issuer, randomBytes(16).toString('hex'))
  const services = await servicesOn(azurite, certificate, options.secrets, identity)
  await makeContainers(azurite.blobUrl, azurite.queueUrl, services.credential)
  return {
    ...services,
    async close() {
      await services.close()
      await rm(temporary, { recursive: true, force: true })
    },
  }
}

/** The same, on a running storage, its certificate and an identity; closing the services closes them. */
export async function servicesOn<S extends Storage>(
  storage: S,
  certificate: Certificate,
  secrets: Map<string, string>,
  identity: ManagedIdentity,
): Promise<Services<S>> {
  const { issuer } = identity
  const [vault, entra] = await Promise.all([
    startKeyVault(issuer, certificate, secrets),
    startEntra(),
  ])
  return {
    azurite: storage,
    vault,
    entra,
    credential: issuer.credential(),
    certificate,
    env: {
      ...identity.env,
      ...entra.env,
      NODE_EXTRA_CA_CERTS: certificate.certFile,
      KEY_VAULT_URI: vault.url,
      ARCHIVE_STORAGE__blobServiceUri: storage.blobUrl,
      ARCHIVE_STORAGE__queueServiceUri: storage.queueUrl,
    },
    async close() {
      await Promise.all([storage.close(), identity.close(), vault.close(), entra.close()])
    },
  }
}
