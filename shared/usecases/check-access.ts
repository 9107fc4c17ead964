import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { sha256 } from '../rows/digest.ts'
import { canonicalJson, parseDocument } from '../snapshots/canonical-json.ts'
import { grantName } from '../snapshots/layout.ts'
import { enrollmentSchema } from '../snapshots/series.ts'
import type { BlobReader } from '../storage/ports.ts'

const GRANT_FORMAT = 'billing-archive-grant/1'

const grantSchema = z.object({
  format: z.literal(GRANT_FORMAT),
  /** What a person calls the key. */
  name: z.string(),
  enrollments: z.array(enrollmentSchema),
  expiresAt: z.iso.datetime({ precision: 3 }).nullable(),
  /** When an operator ended it before its time; null if none did. */
  revokedAt: z.iso.datetime({ precision: 3 }).nullable().default(null),
})

/** What a caller's key opens. The key itself is stored nowhere, only its SHA-256, as the grant's name. */
export type Grant = z.infer<typeof grantSchema>

/** Longer than any key; what is longer is no key and is not even hashed. */
const MAX_KEY_LENGTH = 8_192

/**
 * The grant of the key in an `Authorization` header; rejects with `UNAUTHORIZED` for none, an unknown
 * or an expired one. The key is looked up by its digest, so no comparison can leak it through time.
 */
export async function checkAccess(
  access: Pick<BlobReader, 'read'>,
  authorization: string | null,
): Promise<Grant> {
  const key = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (key === undefined || key.length > MAX_KEY_LENGTH) {
    throw new ArchiveError('UNAUTHORIZED', 'send the header "Authorization: bearer {key}"')
  }
  const name = grantName(sha256(key))
  const { bytes, at } = await access.read(name)
  if (bytes === null) throw new ArchiveError('UNAUTHORIZED', 'the key is not known here')
  const grant = parseGrant(bytes, name)
  if (grant.revokedAt !== null) {
    throw new ArchiveError('UNAUTHORIZED', `the key was revoked on ${grant.revokedAt}`)
  }
  if (grant.expiresAt !== null && grant.expiresAt <= at.toISOString()) {
    throw new ArchiveError('UNAUTHORIZED', `the key expired on ${grant.expiresAt}`)
  }
  return grant
}

/** Rejects with `UNAUTHORIZED` if the grant does not open `enrollment`. */
export function checkEnrollment(grant: Grant, enrollment: string): void {
  if (grant.enrollments.includes(enrollment)) return
  throw new ArchiveError('UNAUTHORIZED', `the key does not open enrollment ${enrollment}`)
}

/** Name and bytes of the blob that grants `key`; for whoever makes keys. */
export function makeGrant(
  key: string,
  grant: Omit<Grant, 'format' | 'revokedAt'>,
): { name: string; bytes: Buffer } {
  const full = { ...grant, format: GRANT_FORMAT, revokedAt: null } as const
  return { name: grantName(sha256(key)), bytes: grantBytes(full) }
}

export function grantBytes(grant: Grant): Buffer {
  return canonicalJson(grantSchema.parse(grant))
}

/** Reads a grant; throws `FORMAT_INVALID`. */
export function parseGrant(bytes: Uint8Array, name: string): Grant {
  return parseDocument(grantSchema, bytes, name)
}
