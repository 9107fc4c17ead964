import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import type { Role } from '../shared/access/caller.ts'
import {
  ARCHIVE_QUEUE,
  containers,
  DOWNLOAD_POISON_QUEUE,
  DOWNLOAD_QUEUE,
  POISON_QUEUE,
} from '../shared/format/layout.ts'
import { makeGrant } from '../shared/usecases/access/check-access.ts'

const QUEUES = [ARCHIVE_QUEUE, POISON_QUEUE, DOWNLOAD_QUEUE, DOWNLOAD_POISON_QUEUE]

/** Creates the containers and queues that Bicep creates in Azure. Existing ones are kept. */
export async function makeContainers(
  blobUrl: string,
  queueUrl: string,
  credential: TokenCredential,
): Promise<void> {
  const blobs = new BlobServiceClient(blobUrl, credential)
  const queues = new QueueServiceClient(queueUrl, credential)
  await Promise.all([
    ...Object.values(containers).map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...QUEUES.map((name) => queues.getQueueClient(name).createIfNotExists()),
  ])
}

/** What a local key opens by default. */
export interface KeyScope {
  readonly expiresAt?: string | null
  readonly roles?: readonly Role[]
}

/** Grants `key` access to the enrollments, from now on. */
export async function grantKey(
  blobUrl: string,
  credential: TokenCredential,
  key: string,
  enrollments: readonly string[],
  { expiresAt = null, roles = ['Archive.Read', 'Archive.Refresh'] }: KeyScope = {},
): Promise<void> {
  const grant = { name: 'local', enrollments: [...enrollments], roles: [...roles], expiresAt }
  const { name, bytes } = makeGrant(key, grant)
  const blobs = new BlobServiceClient(blobUrl, credential)
  await blobs
    .getContainerClient(containers.access)
    .getBlockBlobClient(name)
    .upload(bytes, bytes.length)
}
