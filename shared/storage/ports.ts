/**
 * The storage operations that the program needs. No port can delete; only the state's and the view's can
 * replace, and only conditionally. Adapters retry whatever is safe to retry; network faults that persist
 * reject with `STORAGE_UNAVAILABLE`.
 */

/** A blob's bytes, with the ETag of that version. */
export interface StoredBlob {
  readonly bytes: Buffer
  readonly etag: string
  /** Storage's clock at the answer (the `Date` header): the clock that writers compare. */
  readonly at: Date
}

/** The answer for a blob that does not exist; it includes storage's clock too. */
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
   * Reads `length` bytes from `offset`, into `target` if given; rejects with `BLOB_NOT_FOUND`. May return
   * fewer at the blob's end.
   */
  readRange(name: string, offset: number, length: number, target?: Buffer): Promise<Buffer>
  /** Streams a whole blob; rejects with `BLOB_NOT_FOUND`. */
  stream(name: string): AsyncIterable<Buffer>
  /** Names below `prefix` in the order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<ListedBlob>
  /** Folders directly below `prefix`, each with its slash. */
  folders(prefix: string): AsyncIterable<string>
}

/** A file being uploaded; nothing of it is visible before `commit`. */
export interface FileUpload {
  /**
   * Writes the next bytes; the caller may reuse the buffer once it resolves. Awaiting it provides back
   * pressure.
   */
  write(bytes: Uint8Array): Promise<void>
  /** Makes the file visible, all or nothing, with the digest of its bytes as metadata. */
  commit(sha256: string): Promise<void>
  /** Discards a file that will not be committed; does nothing if it was. */
  abandon(): void
}

/** `billing-snapshots`. Blobs are only created, never replaced or removed. */
export interface SnapshotStore extends BlobReader {
  /** The same blobs, including damaged ones: for verification and repair. */
  readonly asStored: BlobReader
  /** Creates a small blob, all or nothing; rejects with `ALREADY_EXISTS`. */
  create(name: string, bytes: Uint8Array, options: CreateOptions): Promise<void>
  /** Starts a file; its `commit` rejects with `ALREADY_EXISTS`. */
  upload(name: string, options: UploadOptions): FileUpload
}

export interface UploadOptions {
  readonly contentType: string
  /** Many files are open at once, so each holds little in memory. */
  readonly isOneOfMany?: boolean
}

export interface CreateOptions {
  readonly contentType: string
  readonly sha256: string
}

/** `billing-state`: documents that are changed only if no one else has changed them. */
export interface StateStore extends BlobReader {
  /**
   * Writes a document if `etag` still matches (null: if none exists). Returns its new ETag, or null after a
   * conflict. A retry of a write whose answer was lost also looks like a conflict, so read back.
   */
  write(
    name: string,
    bytes: Uint8Array,
    etag: string | null,
    metadata?: Record<string, string>,
  ): Promise<string | null>
}

/** `billing-current`: blobs assembled from blocks. */
export interface ViewStore {
  /** The ETag and metadata of the blob at `name`; null if it does not exist. */
  head(name: string): Promise<{
    readonly etag: string
    readonly metadata: Readonly<Record<string, string>>
  } | null>
  /** The committed blocks at `name`, in their order; rejects with `BLOB_NOT_FOUND`. */
  blocks(name: string): Promise<readonly ViewBlock[]>
  /** Reads `length` bytes from `offset` of the version `etag`; null if the blob was replaced since, or is gone. */
  readRange(name: string, offset: number, length: number, etag: string): Promise<Buffer | null>
  /** Streams the blob at `name`; rejects with `BLOB_NOT_FOUND`. */
  stream(name: string): AsyncIterable<Buffer>
  /** Names below `prefix` in the order of their UTF-8 bytes. */
  list: BlobReader['list']
  /**
   * Stages a block for a later commit. `blockId`: hex digits, as many in all blocks of a blob; one id never has two
   * contents.
   */
  stage(name: string, blockId: string, bytes: Uint8Array): Promise<void>
  /**
   * Replaces the blob by the named blocks if `etag` still matches (null: if none exists). False after a conflict,
   * also if a block is no longer staged or committed.
   */
  commit(
    name: string,
    blockIds: readonly string[],
    etag: string | null,
    options: { readonly contentType: string; readonly metadata: Record<string, string> },
  ): Promise<boolean>
}

export interface ViewBlock {
  /** Hex digits. */
  readonly id: string
  readonly bytes: number
}

/**
 * `billing-downloads`: documents like the state's, and files that are created once. Everything is kept for one
 * day.
 */
export interface DownloadStore extends StateStore {
  upload: SnapshotStore['upload']
}

/** Creates a link that lets anyone read one blob until `expiresAt`; returns its URL. */
export type LinkSigner = (
  container: string,
  name: string,
  options: {
    readonly expiresAt: Date
    /** The response headers for the blob. */
    readonly contentType: string
    readonly contentEncoding?: 'gzip'
    readonly fileName: string
  },
) => Promise<string>

/** A queue of messages. */
export interface MessageQueue {
  /**
   * Sends a message that is hidden for the first `delaySeconds`, none if absent, and that expires
   * `ttlSeconds` later.
   */
  send(message: string, ttlSeconds: number, delaySeconds?: number): Promise<void>
}
