import { createHash, hash } from 'node:crypto'

/** SHA-256 as lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex')
}

/** A part's contentSha256: the SHA-256 of its blocks' 32-byte digests in order (archive format 1). */
export function contentDigest(blockDigests: readonly string[]): string {
  const all = createHash('sha256')
  for (const digest of blockDigests) all.update(digest, 'hex')
  return all.digest('hex')
}
