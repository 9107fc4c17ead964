/** Operators' management of callers' keys. The app itself can only look them up. */
import { randomBytes } from 'node:crypto'
import { ArchiveError } from '../../errors.ts'
import { grantDigest, grantName } from '../../format/layout.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { StateStore } from '../../storage/ports.ts'
import { type Grant, grantBytes, makeGrant, parseGrant } from './check-access.ts'

const KEY_BYTES = 32

/** Generates a random key. It is shown once and not stored. */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url')
}

/** A grant, by the digest of its key. */
export interface StoredGrant extends Grant {
  readonly digest: string
}

/** Stores a grant for `key`. A key that already has a grant keeps it: rejects with `ALREADY_EXISTS`. */
export async function storeKey(
  access: StateStore,
  key: string,
  grant: Pick<Grant, 'name' | 'enrollments' | 'roles' | 'expiresAt'>,
): Promise<string> {
  const { name, bytes } = makeGrant(key, grant)
  if ((await access.write(name, bytes, null)) === null) {
    throw new ArchiveError('ALREADY_EXISTS', 'this key already has a grant: revoke it first')
  }
  return sha256(key)
}

/** Every grant, including expired and revoked ones, by name. */
export async function listGrants(access: StateStore): Promise<StoredGrant[]> {
  const found: StoredGrant[] = []
  for await (const { name } of access.list('keys/')) {
    const digest = grantDigest(name)
    const { bytes } = await access.read(name)
    if (digest !== null && bytes !== null) found.push({ ...parseGrant(bytes, name), digest })
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The grant whose digest begins with `prefix`; rejects with `NOT_FOUND` unless exactly one does. */
export async function findGrant(access: StateStore, prefix: string): Promise<StoredGrant> {
  const matching = (await listGrants(access)).filter(({ digest }) => digest.startsWith(prefix))
  const [found] = matching
  if (found !== undefined && matching.length === 1) return found
  const keys = matching.length === 0 ? 'no key has' : `${matching.length} keys have`
  throw new ArchiveError(
    'NOT_FOUND',
    `${keys} a digest that begins with ${prefix}: "keys list" shows all digests`,
  )
}

/** Revokes the grant whose digest begins with `prefix`; rejects with `NOT_FOUND` unless exactly one does. */
export async function revokeGrant(access: StateStore, prefix: string): Promise<StoredGrant> {
  const { digest, ...grant } = await findGrant(access, prefix)
  const name = grantName(digest)
  const { etag, at } = await access.read(name)
  const revoked = { ...grant, revokedAt: grant.revokedAt ?? at.toISOString() }
  if ((await access.write(name, grantBytes(revoked), etag)) === null) {
    throw new ArchiveError('CONDITION_NOT_MET', `${name} was changed at the same time: try again`)
  }
  return { ...revoked, digest }
}
