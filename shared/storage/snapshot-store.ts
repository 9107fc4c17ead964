import type { BlockBlobClient, BlockBlobUploadOptions, ContainerClient } from '@azure/storage-blob'
import { freeList } from '../rows/bytes/free-list.ts'
import { blobReader } from './blob-reader.ts'
import type { FileUpload, SnapshotStore } from './ports.ts'
import { storageError } from './storage-errors.ts'

/**
 * Size of a staged block. Files up to this size are written in one request. A file of a million rows has
 * about 1,000 blocks of the 50,000 that a blob may have. Larger blocks would only cost memory, which limits
 * how many parts a host can write side by side.
 */
const STAGE_BYTES = 1024 * 1024

/** The same for a file that is one of many open at once: more requests, less memory. */
const SMALL_STAGE_BYTES = 256 * 1024

/** Concurrent block uploads per file: hides the round trip. */
const STAGE_CONCURRENCY = 2

/** Concurrent block uploads across all files: bounds the memory. */
const STAGE_MAX = 8

const ONLY_IF_NEW = { ifNoneMatch: '*' }

/** Buffers of one size, shared by all files of a store. */
interface StageBuffers {
  readonly bytes: number
  take(): Buffer
  give(buffer: Buffer): void
  /** A failed request may still read its buffer, so the buffer is not reused. */
  discard(count: number): void
  /** Runs `send` when fewer than {@link STAGE_MAX} blocks are being uploaded. */
  limited(send: () => Promise<unknown>): Promise<void>
}

function stageBuffers(bytes: number): StageBuffers {
  const list = freeList(() => Buffer.allocUnsafeSlow(bytes))
  const waiting: (() => void)[] = []
  let sending = 0
  return {
    bytes,
    take: list.take,
    give: list.give,
    discard: list.discard,
    async limited(send) {
      // The slot passes to the next in line, so the count stays the same.
      if (sending === STAGE_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
      else sending++
      try {
        await send()
      } finally {
        const next = waiting.shift()
        if (next === undefined) sending--
        else next()
      }
    },
  }
}

/** `billing-snapshots` over a container client. */
export function snapshotStore(container: ContainerClient): SnapshotStore {
  const usual = stageBuffers(STAGE_BYTES)
  const small = stageBuffers(SMALL_STAGE_BYTES)
  const reader = blobReader(container)
  return {
    ...reader,
    asStored: reader,
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
    upload(name, { contentType, isOneOfMany = false }) {
      const buffers = isOneOfMany ? small : usual
      return fileUpload(container.getBlockBlobClient(name), name, contentType, buffers)
    },
  }
}

function fileUpload(
  blob: BlockBlobClient,
  name: string,
  contentType: string,
  buffers: StageBuffers,
): FileUpload {
  let buffer: Buffer | null = null
  let filled = 0
  const blockIds: string[] = []
  const staging = new Set<Promise<unknown>>()
  let failure: unknown

  async function stage(body: Buffer, bytes: number): Promise<void> {
    const blockId = Buffer.from(String(blockIds.length).padStart(6, '0')).toString('base64')
    blockIds.push(blockId)
    const piece = body.subarray(0, bytes)
    const request: Promise<unknown> = buffers
      .limited(() => blob.stageBlock(blockId, piece, bytes))
      .then(
        () => {
          staging.delete(request)
          buffers.give(body)
        },
        (error: unknown) => {
          staging.delete(request)
          buffers.discard(1)
          failure ??= error
        },
      )
    staging.add(request)
    if (staging.size >= STAGE_CONCURRENCY) await Promise.race(staging)
    if (failure !== undefined) throw storageError(failure, `writing ${name}`, 'ALREADY_EXISTS')
  }

  async function uploadWhole(
    body: Buffer,
    options: BlockBlobUploadOptions,
    held: Buffer | null,
  ): Promise<void> {
    try {
      await blob.upload(body, body.length, options)
    } catch (error) {
      if (held !== null) buffers.discard(1)
      throw error
    }
    if (held !== null) buffers.give(held)
  }

  return {
    async write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        buffer ??= buffers.take()
        const take = Math.min(bytes.length - from, buffers.bytes - filled)
        buffer.set(bytes.subarray(from, from + take), filled)
        filled += take
        from += take
        if (filled < buffers.bytes) break
        const full = buffer
        buffer = null
        filled = 0
        await stage(full, buffers.bytes)
      }
    },
    abandon() {
      if (buffer !== null) buffers.give(buffer)
      buffer = null
    },
    async commit(sha256) {
      const options = {
        conditions: ONLY_IF_NEW,
        blobHTTPHeaders: { blobContentType: contentType },
        metadata: { sha256 },
      }
      const last = buffer
      const body = last ?? Buffer.alloc(0)
      buffer = null // from here on, abandoning the file releases nothing
      try {
        if (blockIds.length === 0) {
          await uploadWhole(body.subarray(0, filled), options, last)
          return
        }
        if (filled > 0) await stage(body, filled)
        await Promise.all(staging)
        if (failure !== undefined) throw failure as Error
        await blob.commitBlockList(blockIds, options)
      } catch (error) {
        throw storageError(error, `writing ${name}`, 'ALREADY_EXISTS')
      }
    },
  }
}
