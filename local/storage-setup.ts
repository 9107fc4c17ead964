import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { ARCHIVE_QUEUE, containers, POISON_QUEUE } from '../shared/snapshots/layout.ts'
import { makeGrant } from '../shared/usecases/check-access.ts'

/** Makes what Bicep makes in Azure: the containers and queues. What is there stays. */
export async function makeContainers(
  blobUrl: string,
  queueUrl: string,
  credential: TokenCredential,
): Promise<void> {
  const blobs = new BlobServiceClient(blobUrl, credential)
  const queues = new QueueServiceClient(queueUrl, credential)
  await Promise.all([
    ...Object.values(containers).map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...[ARCHIVE_QUEUE, POISON_QUEUE].map((name) => queues.getQueueClient(name).createIfNotExists()),
  ])
}

/** Lets `key` read the enrollments, from now on. */
export async function grantKey(
  blobUrl: string,
  credential: TokenCredential,
  key: string,
  enrollments: readonly string[],
  expiresAt: string | null = null,
): Promise<void> {
  const grant = { name: 'local', enrollments: [...enrollments], expiresAt }
  const { name, bytes } = makeGrant(key, grant)
  const blobs = new BlobServiceClient(blobUrl, credential)
  await blobs
    .getContainerClient(containers.access)
    .getBlockBlobClient(name)
    .upload(bytes, bytes.length)
}
