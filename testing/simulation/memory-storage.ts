/**
 * Storage and queue in memory with the exact semantics of the ports, for the deterministic simulation.
 * test/contract/storage.test.ts runs the same suite on it and on Azurite.
 */
import { ArchiveError } from '../../shared/errors.ts'
import type {
  BlobReader,
  FileUpload,
  MessageQueue,
  SnapshotStore,
  StateStore,
  ViewStore,
} from '../../shared/storage/ports.ts'

export interface MemoryBlob {
  readonly bytes: Buffer
  readonly createdAt: Date
  readonly etag: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Blobs by name. */
export type MemoryContainer = Map<string, MemoryBlob>

export interface MemoryMessage {
  readonly body: string
  /** When it expires, and when it becomes visible, in milliseconds of storage's clock. */
  readonly expiresAt: number
  visibleAt: number
  deliveries: number
}

export interface MemoryStorage {
  readonly snapshots: SnapshotStore
  readonly state: StateStore
  readonly view: ViewStore
  readonly queue: MessageQueue
  /** The stored blobs and messages, for tests. */
  readonly stored: {
    readonly snapshots: MemoryContainer
    readonly state: MemoryContainer
    readonly view: MemoryContainer
    readonly messages: MemoryMessage[]
  }
}

/** An empty storage. `now` is its clock; answers contain it in whole seconds, like the `Date` header. */
export function memoryStorage(now: () => number): MemoryStorage {
  const snapshots: MemoryContainer = new Map()
  const state: MemoryContainer = new Map()
  const view: MemoryContainer = new Map()
  const messages: MemoryMessage[] = []
  let versions = 0
  const nextEtag = (): string => `"0x${(++versions).toString(16)}"`
  const at = (): Date => new Date(Math.floor(now() / 1_000) * 1_000)
  return {
    snapshots: snapshotsIn(snapshots, at, nextEtag),
    state: stateIn(state, at, nextEtag),
    view: viewIn(view, at, nextEtag),
    queue: {
      async send(body, ttlSeconds, delaySeconds = 0) {
        const visibleAt = now() + delaySeconds * 1_000
        const expiresAt = visibleAt + ttlSeconds * 1_000
        messages.push({ body, expiresAt, visibleAt, deliveries: 0 })
      },
    },
    stored: { snapshots, state, view, messages },
  }
}

function reader(blobs: MemoryContainer, at: () => Date): BlobReader {
  const found = (name: string): MemoryBlob => {
    const blob = blobs.get(name)
    if (blob === undefined) throw new ArchiveError('BLOB_NOT_FOUND', `reading ${name}: not found`)
    return blob
  }
  const below = (prefix: string): string[] =>
    [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort()
  return {
    async read(name) {
      const blob = blobs.get(name)
      if (blob === undefined) return { bytes: null, etag: null, at: at() }
      return { bytes: Buffer.from(blob.bytes), etag: blob.etag, at: at() }
    },
    async readRange(name, offset, length) {
      return Buffer.from(found(name).bytes.subarray(offset, offset + length))
    },
    async *stream(name) {
      const { bytes } = found(name)
      if (bytes.length > 0) yield Buffer.from(bytes)
    },
    async *list(prefix) {
      for (const name of below(prefix)) {
        const blob = blobs.get(name)
        if (blob === undefined) continue
        const { metadata, bytes, createdAt } = blob
        yield { name, metadata, bytes: bytes.length, createdAt, tier: null }
      }
    },
    async *folders(prefix) {
      const folders = below(prefix).flatMap((name) => {
        const end = name.indexOf('/', prefix.length)
        return end < 0 ? [] : [name.slice(0, end + 1)]
      })
      yield* new Set(folders)
    },
  }
}

function snapshotsIn(
  blobs: MemoryContainer,
  at: () => Date,
  nextEtag: () => string,
): SnapshotStore {
  const create = (name: string, bytes: Uint8Array, sha256: string): void => {
    if (blobs.has(name)) throw new ArchiveError('ALREADY_EXISTS', `creating ${name}: it exists`)
    const blob = { bytes: Buffer.from(bytes), etag: nextEtag(), metadata: { sha256 } }
    blobs.set(name, { ...blob, createdAt: at() })
  }
  const asStored = reader(blobs, at)
  return {
    ...asStored,
    asStored,
    async create(name, bytes, { sha256 }) {
      create(name, bytes, sha256)
    },
    upload(name): FileUpload {
      const chunks: Buffer[] = []
      return {
        async write(bytes) {
          chunks.push(Buffer.from(bytes))
        },
        async commit(sha256) {
          create(name, Buffer.concat(chunks), sha256)
        },
        abandon() {},
      }
    },
  }
}

function stateIn(blobs: MemoryContainer, at: () => Date, nextEtag: () => string): StateStore {
  return {
    ...reader(blobs, at),
    async write(name, bytes, etag, metadata = {}) {
      if ((blobs.get(name)?.etag ?? null) !== etag) return null
      const createdAt = blobs.get(name)?.createdAt ?? at()
      const blob = { bytes: Buffer.from(bytes), etag: nextEtag(), metadata, createdAt }
      blobs.set(name, blob)
      return blob.etag
    },
  }
}

function viewIn(blobs: MemoryContainer, at: () => Date, nextEtag: () => string): ViewStore {
  const staged = new Map<string, Map<string, Buffer>>()
  const committed = new Map<string, readonly (readonly [string, Buffer])[]>()
  const { stream, list } = reader(blobs, at)
  return {
    stream,
    list,
    async head(name) {
      const blob = blobs.get(name)
      return blob === undefined ? null : { etag: blob.etag, metadata: blob.metadata }
    },
    async blocks(name) {
      const blocks = committed.get(name)
      if (blocks === undefined) throw new ArchiveError('BLOB_NOT_FOUND', `reading ${name}`)
      return blocks.map(([id, bytes]) => ({ id, bytes: bytes.length }))
    },
    async readRange(name, offset, length, etag) {
      const blob = blobs.get(name)
      if (blob?.etag !== etag) return null
      return Buffer.from(blob.bytes.subarray(offset, offset + length))
    },
    async stage(name, blockId, bytes) {
      const blocks = staged.get(name) ?? new Map<string, Buffer>()
      staged.set(name, blocks.set(blockId, Buffer.from(bytes)))
    },
    async commit(name, blockIds, etag, { metadata }) {
      const kept = new Map(committed.get(name))
      const blocks = blockIds.map((id) => [id, staged.get(name)?.get(id) ?? kept.get(id)] as const)
      const isThere = (entry: readonly [string, Buffer | undefined]): entry is [string, Buffer] =>
        entry[1] !== undefined
      if ((blobs.get(name)?.etag ?? null) !== etag || !blocks.every(isThere)) return false
      committed.set(name, blocks)
      staged.delete(name) // a commit discards staged blocks that it does not name
      const bytes = Buffer.concat(blocks.map(([, block]) => block))
      blobs.set(name, { bytes, etag: nextEtag(), metadata, createdAt: at() })
      return true
    },
  }
}
