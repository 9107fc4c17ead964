/**
 * What the program needs of storage. No port can delete; only the state's and the view's can replace,
 * and those under a condition. Adapters retry what is safe to retry before they reject; network
 * trouble that outlasts that rejects with `STORAGE_UNAVAILABLE`.
 */

/** A blob's bytes with what identifies that version of it. */
export interface StoredBlob {
  readonly bytes: Buffer
  readonly etag: string
  /** Storage's clock when it answered (the `Date` header): the clock that writers compare. */
  readonly at: Date
}

/** What is there instead of a blob that is not: storage's clock, all the same. */
export interface Missing {
  readonly bytes: null
  readonly etag: null
  readonly at: Date
}

export interface ListedBlob {
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly bytes: number
  readonly createdAt: Date
  /** Where it is stored, as storage names it: `Hot`, `Cool`, `Cold`; null where there are no tiers. */
  readonly tier: string | null
}

export interface BlobReader {
  /** Reads a whole, small blob. */
  read(name: string): Promise<StoredBlob | Missing>
  /**
   * Reads `length` bytes from `offset`, into `target` if it is given; rejects with `BLOB_NOT_FOUND`. May
   * give fewer at the blob's end.
   */
  readRange(name: string, offset: number, length: number, target?: Buffer): Promise<Buffer>
  /** Streams a whole blob; rejects with `BLOB_NOT_FOUND`. */
  stream(name: string): AsyncIterable<Buffer>
  /** Names below `prefix` in the order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<ListedBlob>
  /** Folders directly below `prefix`, each with its slash. */
  folders(prefix: string): AsyncIterable<string>
}

/** A file on its way into storage; nothing of it is visible before `commit`. */
export interface FileUpload {
  /**
   * Takes the next bytes, which may change once it has resolved: when there is room for more. Await it,
   * that is the back pressure.
   */
  write(bytes: Uint8Array): Promise<void>
  /** Makes the file visible, all or nothing, with the digest of its bytes as metadata. */
  commit(sha256: string): Promise<void>
  /** Lets go of a file that will not be committed; nothing happens to one that was. */
  abandon(): void
}

/** `billing-snapshots`. Everything is created, nothing is ever replaced or removed. */
export interface SnapshotStore extends BlobReader {
  /** The same blobs, also those that are known to be damaged: for whoever verifies and repairs. */
  readonly asStored: BlobReader
  /** Creates a small blob, all or nothing; rejects with `ALREADY_EXISTS`. */
  create(name: string, bytes: Uint8Array, options: CreateOptions): Promise<void>
  /** Begins a file; its `commit` rejects with `ALREADY_EXISTS`. */
  upload(name: string, options: { readonly contentType: string }): FileUpload
}

export interface CreateOptions {
  readonly contentType: string
  readonly sha256: string
}

/** `billing-state`: documents changed under the condition that nobody else changed them. */
export interface StateStore extends BlobReader {
  /**
   * Writes a document where `etag` still holds (null: where none is), and gives its new etag. Rejects
   * with `CONDITION_NOT_MET`; an own write whose answer was lost looks like that too, so read back.
   */
  write(
    name: string,
    bytes: Uint8Array,
    etag: string | null,
    metadata?: Record<string, string>,
  ): Promise<string>
}

/** `billing-current`: blobs put together from blocks that name their content. */
export interface ViewStore {
  /** What stands at `name`: its tag and metadata; null if nothing does. */
  head(name: string): Promise<{
    readonly etag: string
    readonly metadata: Readonly<Record<string, string>>
  } | null>
  /** Ids of the committed blocks at `name`; rejects with `BLOB_NOT_FOUND`. */
  blocks(name: string): Promise<ReadonlySet<string>>
  /** Streams the blob at `name`; rejects with `BLOB_NOT_FOUND`. */
  stream(name: string): AsyncIterable<Buffer>
  /** Stages a block for a later commit. `blockId`: 64 hex digits, the SHA-256 of `bytes`. */
  stage(name: string, blockId: string, bytes: Uint8Array): Promise<void>
  /**
   * Replaces the blob by the blocks named, where `etag` still holds (null: where none is). Rejects with
   * `CONDITION_NOT_MET`, also if a block is neither staged nor committed any more.
   */
  commit(
    name: string,
    blockIds: readonly string[],
    etag: string | null,
    options: { readonly contentType: string; readonly metadata: Record<string, string> },
  ): Promise<void>
}

/** `billing-exports`: documents like the state's, and files that are created once. A day's life, all of it. */
export interface ExportStore extends StateStore {
  upload: SnapshotStore['upload']
}

/** Makes a link with which anybody can read one blob until `expiresAt`; gives its URL. */
export type LinkSigner = (
  container: string,
  name: string,
  options: {
    readonly expiresAt: Date
    /** How the blob's bytes are to be announced. */
    readonly contentType: string
    readonly contentEncoding?: 'gzip'
    readonly fileName: string
  },
) => Promise<string>

/** A queue of messages. */
export interface MessageQueue {
  /** Puts a message that lives `ttlSeconds`. */
  send(message: string, ttlSeconds: number): Promise<void>
}
