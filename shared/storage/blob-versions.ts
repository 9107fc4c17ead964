import { type ContainerClient, RestError } from '@azure/storage-blob'
import { storageError } from './storage-errors.ts'

/** One version of a blob, as storage keeps it where versioning is on. */
export interface BlobVersion {
  readonly id: string
  readonly bytes: () => AsyncIterable<Buffer>
}

/** Statuses with which a store without versioning answers. */
const NOT_OFFERED = [400, 501]

/**
 * The older versions of a blob, newest first, including those of a deleted blob. None if storage keeps no
 * versions. Source: learn.microsoft.com/azure/storage/blobs/versioning-overview.
 */
export async function* blobVersions(
  container: ContainerClient,
  name: string,
): AsyncGenerator<BlobVersion> {
  const ids: string[] = []
  try {
    for await (const blob of container.listBlobsFlat({ prefix: name, includeVersions: true })) {
      const { name: found, versionId, isCurrentVersion } = blob
      if (found === name && versionId !== undefined && isCurrentVersion !== true) {
        ids.push(versionId)
      }
    }
  } catch (error) {
    if (error instanceof RestError && NOT_OFFERED.includes(error.statusCode ?? 0)) return
    throw storageError(error, `listing versions of ${name}`)
  }
  // A version's id is the time of its creation.
  for (const id of ids.sort().toReversed()) yield { id, bytes: () => read(container, name, id) }
}

async function* read(container: ContainerClient, name: string, id: string): AsyncGenerator<Buffer> {
  try {
    const answer = await container.getBlobClient(name).withVersion(id).download()
    for await (const chunk of answer.readableStreamBody ?? []) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    }
  } catch (error) {
    throw storageError(error, `reading version ${id} of ${name}`)
  }
}
