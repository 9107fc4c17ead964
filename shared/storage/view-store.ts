import type { ContainerClient } from '@azure/storage-blob'
import { blobReader } from './blob-reader.ts'
import type { ViewStore } from './ports.ts'
import { isConflict, isNotFound, storageError } from './storage-errors.ts'

/** `billing-current` over a container client. */
export function viewStore(container: ContainerClient): ViewStore {
  const { stream, list } = blobReader(container)
  return {
    stream,
    list,
    async head(name) {
      try {
        const { etag = '', metadata = {} } = await container.getBlobClient(name).getProperties()
        return { etag, metadata }
      } catch (error) {
        if (isNotFound(error)) return null
        throw storageError(error, `reading ${name}`)
      }
    },
    async blocks(name) {
      try {
        const list = await container.getBlockBlobClient(name).getBlockList('committed')
        return (list.committedBlocks ?? []).map(({ name: id, size }) => {
          return { id: fromBlockId(id), bytes: size }
        })
      } catch (error) {
        throw storageError(error, `reading ${name}`)
      }
    },
    async readRange(name, offset, length, etag) {
      const bytes = Buffer.allocUnsafeSlow(length)
      if (length === 0) return bytes // the client reads 0 as the whole blob
      try {
        return await container
          .getBlobClient(name)
          .downloadToBuffer(bytes, offset, length, { conditions: { ifMatch: etag } })
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) return null
        throw storageError(error, `reading ${name}`)
      }
    },
    async stage(name, blockId, bytes) {
      try {
        await container.getBlockBlobClient(name).stageBlock(toBlockId(blockId), bytes, bytes.length)
      } catch (error) {
        throw storageError(error, `writing ${name}`)
      }
    },
    async commit(name, blockIds, etag, { contentType, metadata }) {
      try {
        await container.getBlockBlobClient(name).commitBlockList(blockIds.map(toBlockId), {
          conditions: etag === null ? { ifNoneMatch: '*' } : { ifMatch: etag },
          blobHTTPHeaders: { blobContentType: contentType },
          metadata,
        })
        return true
      } catch (error) {
        if (isConflict(error)) return false
        throw storageError(error, `writing ${name}`)
      }
    },
  }
}

function toBlockId(id: string): string {
  return Buffer.from(id, 'hex').toString('base64')
}

function fromBlockId(id: string): string {
  return Buffer.from(id, 'base64').toString('hex')
}
