import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type Caller, ROLES } from '../../access/caller.ts'
import type { EntraTokens } from '../../access/entra-tokens.ts'
import { ArchiveError } from '../../errors.ts'
import { canonicalJson, parseDocument } from '../../format/canonical-json.ts'
import { keeping } from '../../format/kept-fields.ts'
import { grantName } from '../../format/layout.ts'
import { parsedOnce } from '../../format/parsed-once.ts'
import { enrollmentSchema } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader } from '../../storage/ports.ts'

const GRANT_FORMAT = 'billing-archive-grant/1'

const grantSchema = keeping({
  format: z.literal(GRANT_FORMAT),
  /** The name of the key. */
  name: z.string(),
  enrollments: z.array(enrollmentSchema),
  /** SHA-256 of the key, as in the grant's name. */
  keySha256: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(z.enum(ROLES)),
  expiresAt: z.iso.datetime({ precision: 3 }).nullable(),
  /** When an operator revoked it; null if not revoked. */
  revokedAt: z.iso.datetime({ precision: 3 }).nullable(),
})

/** What a caller's key opens. Only the SHA-256 of the key is stored, never the key. */
export type Grant = z.infer<typeof grantSchema>

const parsedGrants = new WeakMap<Buffer, Grant>()

/** Longer than any key or token; longer credentials are rejected without hashing. */
const MAX_KEY_LENGTH = 8_192

/** Dependencies for identifying callers. */
export interface Access {
  /** The grants, by their names. */
  readonly grants: Pick<BlobReader, 'read'>
  /** Null if no tenant is set. */
  readonly tokens: EntraTokens | null
  readonly now: () => Date
}

/**
 * Identifies the caller from an `Authorization` header with a key or an Entra ID token; rejects with
 * `UNAUTHORIZED` if it is missing, unknown, expired or revoked. A key may also be the password of basic
 * authentication, with any user name: Excel and Power Query can't send anything else.
 */
export async function authenticate(access: Access, authorization: string | null): Promise<Caller> {
  const credential = credentialIn(authorization ?? '')
  if (credential === undefined || credential.length > MAX_KEY_LENGTH) {
    throw new ArchiveError('UNAUTHORIZED', 'send the header "Authorization: bearer {key}"')
  }
  if (access.tokens?.isOurs(credential) === true) return access.tokens.verify(credential)
  return callerOfKey(access, credential)
}

function credentialIn(authorization: string): string | undefined {
  const [, scheme = '', text = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() !== 'basic') return text === '' ? undefined : text
  const pair = Buffer.from(text, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 || colon === pair.length - 1 ? undefined : pair.slice(colon + 1)
}

async function callerOfKey({ grants, now }: Access, key: string): Promise<Caller> {
  const digest = sha256(key)
  const name = grantName(digest)
  const { bytes } = await grants.read(name)
  if (bytes === null) throw new ArchiveError('UNAUTHORIZED', 'unknown key')
  const grant = parsedOnce(parsedGrants, bytes, () => parseGrant(bytes, name))
  // A grant copied to another name opens nothing.
  if (!timingSafeEqual(Buffer.from(grant.keySha256, 'hex'), Buffer.from(digest, 'hex'))) {
    throw new ArchiveError('UNAUTHORIZED', 'unknown key')
  }
  if (grant.revokedAt !== null) {
    throw new ArchiveError('UNAUTHORIZED', `the key was revoked on ${grant.revokedAt}`)
  }
  if (grant.expiresAt !== null && grant.expiresAt <= now().toISOString()) {
    throw new ArchiveError('UNAUTHORIZED', `the key expired on ${grant.expiresAt}`)
  }
  const { name: label, enrollments, roles } = grant
  return { id: `key ${digest}`, name: label, enrollments, roles }
}

/** Name and bytes of the blob that grants access to `key`. */
export function makeGrant(
  key: string,
  grant: Omit<Grant, 'format' | 'keySha256' | 'revokedAt'>,
): { name: string; bytes: Buffer } {
  const keySha256 = sha256(key)
  const full = { ...grant, format: GRANT_FORMAT, keySha256, revokedAt: null } as const
  return { name: grantName(keySha256), bytes: grantBytes(full) }
}

export function grantBytes(grant: Grant): Buffer {
  return canonicalJson(grantSchema.parse(grant))
}

/** Reads a grant; throws `FORMAT_INVALID`. */
export function parseGrant(bytes: Uint8Array, name: string): Grant {
  return parseDocument(grantSchema, bytes, name)
}
