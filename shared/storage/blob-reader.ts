import type { ContainerClient } from '@azure/storage-blob'
import type { BlobReader } from './ports.ts'
import { dateOfError, isNotFound, storageError } from './storage-errors.ts'

/** Names per listing request: the service's maximum. */
const LIST_PAGE = 5_000

/** Reads from one container. */
export function blobReader(container: ContainerClient): BlobReader {
  return {
    async read(name) {
      try {
        const answer = await container.getBlobClient(name).download()
        return {
          bytes: await collect(answer.readableStreamBody),
          etag: answer.etag ?? '',
          at: answer.date ?? new Date(0),
        }
      } catch (error) {
        if (isNotFound(error)) return { bytes: null, etag: null, at: dateOfError(error) }
        throw storageError(error, `reading ${name}`)
      }
    },
    async readRange(name, offset, length, target = Buffer.allocUnsafeSlow(length)) {
      try {
        const answer = await container.getBlobClient(name).download(offset, length)
        let bytes = 0
        for await (const chunk of answer.readableStreamBody ?? []) {
          bytes += asBuffer(chunk).copy(target, bytes)
        }
        return target.subarray(0, bytes)
      } catch (error) {
        throw storageError(error, `reading ${name}`)
      }
    },
    async *stream(name) {
      try {
        const answer = await container.getBlobClient(name).download()
        for await (const chunk of answer.readableStreamBody ?? []) yield asBuffer(chunk)
      } catch (error) {
        throw storageError(error, `reading ${name}`)
      }
    },
    async *folders(prefix) {
      try {
        for await (const item of container.listBlobsByHierarchy('/', { prefix })) {
          if (item.kind === 'prefix') yield item.name
        }
      } catch (error) {
        throw storageError(error, `listing ${prefix}`)
      }
    },
    async *list(prefix) {
      try {
        const pages = container
          .listBlobsFlat({ prefix, includeMetadata: true })
          .byPage({ maxPageSize: LIST_PAGE })
        for await (const page of pages) {
          for (const blob of page.segment.blobItems) {
            const { name, metadata = {}, properties } = blob
            yield {
              name,
              metadata,
              bytes: properties.contentLength ?? 0,
              createdAt: properties.createdOn ?? properties.lastModified,
              tier: properties.accessTier ?? null,
            }
          }
        }
      } catch (error) {
        throw storageError(error, `listing ${prefix}`)
      }
    },
  }
}

async function collect(stream: NodeJS.ReadableStream | undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(asBuffer(chunk))
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

function asBuffer(chunk: Buffer | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
