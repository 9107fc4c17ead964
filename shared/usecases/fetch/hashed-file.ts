import { createHash } from 'node:crypto'
import type { FileUpload } from '../../storage/ports.ts'

/** A file whose digest is computed while it is written. */
export interface HashedFile {
  write(bytes: Uint8Array): Promise<void>
  /** Makes the file visible; returns its digest. */
  commit(): Promise<string>
  abandon(): void
  /** Bytes written so far. */
  bytes(): number
}

export function hashedFile(upload: FileUpload): HashedFile {
  const hash = createHash('sha256')
  let size = 0
  return {
    write(bytes) {
      hash.update(bytes)
      size += bytes.length
      return upload.write(bytes)
    },
    async commit() {
      const digest = hash.digest('hex')
      await upload.commit(digest)
      return digest
    },
    abandon: upload.abandon,
    bytes: () => size,
  }
}
