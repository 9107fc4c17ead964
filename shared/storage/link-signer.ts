import {
  BlobSASPermissions,
  type BlobServiceClient,
  generateBlobSASQueryParameters,
  SASProtocol,
  type UserDelegationKey,
} from '@azure/storage-blob'
import type { LinkSigner } from './ports.ts'
import { storageError } from './storage-errors.ts'

/** Service version of the links' signature: the newest that all supported readers understand. */
const SAS_VERSION = '2024-11-04'

/** How long a delegation key is used, and how long before its expiry a new one is requested. */
const KEY_LIFE_MS = 6 * 3_600_000
const KEY_RESERVE_MS = 90 * 60_000

/** Signer and service clocks may differ, so a link becomes valid a little before it was created. */
const SKEW_MS = 5 * 60_000

/** Signs links with a user delegation key: no account key exists. */
export function linkSigner(service: BlobServiceClient, now: () => Date): LinkSigner {
  let key: Promise<UserDelegationKey> | null = null
  let keyEnds = 0

  function delegationKey(): Promise<UserDelegationKey> {
    const at = now().getTime()
    if (key !== null && at < keyEnds - KEY_RESERVE_MS) return key
    keyEnds = at + KEY_LIFE_MS
    const asked = service.getUserDelegationKey(new Date(at - SKEW_MS), new Date(keyEnds))
    key = asked
    asked.catch(() => {
      if (key === asked) key = null // failures are not cached
    })
    return asked
  }

  return async (container, name, options) => {
    try {
      const blob = service.getContainerClient(container).getBlobClient(name)
      const isHttps = blob.url.startsWith('https:')
      const { expiresAt, contentType, contentEncoding, fileName } = options
      const query = generateBlobSASQueryParameters(
        {
          containerName: container,
          blobName: name,
          permissions: BlobSASPermissions.parse('r'),
          startsOn: new Date(now().getTime() - SKEW_MS),
          expiresOn: expiresAt,
          protocol: isHttps ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
          version: SAS_VERSION,
          contentType,
          contentDisposition: `attachment; filename="${fileName}"`,
          ...(contentEncoding === undefined ? {} : { contentEncoding }),
        },
        await delegationKey(),
        service.accountName,
      )
      return `${blob.url}?${query.toString()}`
    } catch (error) {
      throw storageError(error, `signing a link to ${name}`)
    }
  }
}
