import type { ContainerClient } from '@azure/storage-blob'
import { blobReader } from './blob-reader.ts'
import type { StateStore } from './ports.ts'
import { isConflict, storageError } from './storage-errors.ts'

/** `billing-state` over a container client. */
export function stateStore(container: ContainerClient): StateStore {
  return {
    ...blobReader(container),
    async write(name, bytes, etag, metadata = {}) {
      try {
        const answer = await container.getBlockBlobClient(name).upload(bytes, bytes.length, {
          conditions: etag === null ? { ifNoneMatch: '*' } : { ifMatch: etag },
          blobHTTPHeaders: { blobContentType: 'application/json' },
          metadata,
        })
        return answer.etag ?? ''
      } catch (error) {
        if (isConflict(error)) return null
        throw storageError(error, `writing ${name}`)
      }
    },
  }
}
