import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob'
import { blobReader } from './blob-reader.ts'
import type { FileUpload, SnapshotStore } from './ports.ts'
import { storageError } from './storage-errors.ts'

/** Bytes of a staged block. Files up to this size are written by one request. */
const STAGE_BYTES = 4 * 1024 * 1024

/** Blocks on their way at once, per file: bounds memory, and hides the round trip. */
const STAGE_CONCURRENCY = 2

const ONLY_IF_NEW = { ifNoneMatch: '*' }

/** `billing-snapshots` over a container client. */
export function snapshotStore(container: ContainerClient): SnapshotStore {
  return {
    ...blobReader(container),
    async create(name, bytes, { contentType, sha256 }) {
      try {
        await container.getBlockBlobClient(name).upload(bytes, bytes.length, {
          conditions: ONLY_IF_NEW,
          blobHTTPHeaders: { blobContentType: contentType },
          metadata: { sha256 },
        })
      } catch (error) {
        throw storageError(error, `creating ${name}`, 'ALREADY_EXISTS')
      }
    },
    upload(name, { contentType }) {
      return fileUpload(container.getBlockBlobClient(name), name, contentType)
    },
  }
}

function fileUpload(blob: BlockBlobClient, name: string, contentType: string): FileUpload {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const blockIds: string[] = []
  const staging = new Set<Promise<unknown>>()
  let failure: unknown

  async function stage(): Promise<void> {
    const body = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    for (let from = 0; from < body.length; from += STAGE_BYTES) {
      const piece = body.subarray(from, from + STAGE_BYTES)
      const blockId = Buffer.from(String(blockIds.length).padStart(6, '0')).toString('base64')
      blockIds.push(blockId)
      const request: Promise<unknown> = blob.stageBlock(blockId, piece, piece.length).then(
        () => staging.delete(request),
        (error: unknown) => {
          staging.delete(request)
          failure ??= error
        },
      )
      staging.add(request)
      if (staging.size >= STAGE_CONCURRENCY) await Promise.race(staging)
    }
    if (failure !== undefined) throw storageError(failure, `writing ${name}`, 'ALREADY_EXISTS')
  }

  return {
    async write(bytes) {
      if (bytes.length === 0) return
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (waitingBytes >= STAGE_BYTES) await stage()
    },
    async commit(sha256) {
      const options = {
        conditions: ONLY_IF_NEW,
        blobHTTPHeaders: { blobContentType: contentType },
        metadata: { sha256 },
      }
      try {
        if (blockIds.length === 0) {
          const body = Buffer.concat(waiting)
          await blob.upload(body, body.length, options)
          return
        }
        if (waitingBytes > 0) await stage()
        await Promise.all(staging)
        if (failure !== undefined) throw failure as Error
        await blob.commitBlockList(blockIds, options)
      } catch (error) {
        throw storageError(error, `writing ${name}`, 'ALREADY_EXISTS')
      }
    },
  }
}
