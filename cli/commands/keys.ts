import { text } from 'node:stream/consumers'
import { ROLES, type Role } from '../../shared/access/caller.ts'
import { accessWriter } from '../../shared/deps.ts'
import { ArchiveError } from '../../shared/errors.ts'
import {
  listGrants,
  newKey,
  revokeGrant,
  type StoredGrant,
  storeKey,
} from '../../shared/usecases/caller-keys.ts'
import { NEVER } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok, table } from '../outcome.ts'

/** What a key is to open, and for how long. */
export interface KeyFlags {
  readonly enrollments: readonly string[]
  readonly name: string
  /** A time, or `never`. */
  readonly expires: string
  /** It may also fetch series on demand. */
  readonly refresh: boolean
}

const DIGEST_SHOWN = 12

/** Makes a random key, and prints it: it is stored nowhere. */
export async function createKey({ config }: Context, flags: KeyFlags): Promise<Outcome> {
  const key = newKey()
  const digest = await storeKey(accessWriter(config), key, grantOf(flags))
  const words = `It opens ${flags.enrollments.join(', ')}${until(flags.expires)}. It is shown this once.`
  return ok(`${key}\n${words}`, { key, digest, ...flags })
}

/** Lets keys that scripts have already, e.g. Reporting API keys, open the archive: only the host name changes. */
export async function importKeys(
  { config, deps }: Context,
  flags: KeyFlags & { readonly stdin: boolean },
): Promise<Outcome> {
  const access = accessWriter(config)
  const digests: string[] = []
  if (flags.stdin) {
    const key = (await text(process.stdin)).trim()
    if (key === '' || /\s/.test(key)) {
      throw new ArchiveError('BAD_REQUEST', 'standard input has to hold one key and nothing else')
    }
    digests.push(await storeKey(access, key, grantOf(flags)))
  } else {
    for (const enrollment of flags.enrollments) {
      for (const key of await deps.keyRing.reread(enrollment)) {
        const grant = { ...grantOf(flags), enrollments: [enrollment] }
        digests.push(await storeKey(access, key, grant))
      }
    }
  }
  return ok(`${digests.length} keys imported${until(flags.expires)}`, { digests, ...flags })
}

export async function listKeys({ config }: Context): Promise<Outcome> {
  const now = new Date().toISOString()
  const grants = await listGrants(accessWriter(config))
  if (grants.length === 0) return ok('No key opens this archive yet.', [])
  const rows = grants.map((grant) => [
    grant.digest.slice(0, DIGEST_SHOWN),
    grant.name,
    grant.enrollments.join(','),
    grant.roles.map((role) => role.replace('Archive.', '')).join(','),
    grant.expiresAt ?? 'never',
    statusOf(grant, now),
  ])
  return ok(table(['digest', 'name', 'enrollments', 'roles', 'expires', 'status'], rows), grants)
}

export async function revokeKey({ config }: Context, digest: string): Promise<Outcome> {
  const revoked = await revokeGrant(accessWriter(config), digest)
  return ok(
    `${revoked.name} (${revoked.digest.slice(0, DIGEST_SHOWN)}) opens nothing any more`,
    revoked,
  )
}

function grantOf({ enrollments, name, expires, refresh }: KeyFlags) {
  const expiresAt = expires === NEVER ? null : expires
  const roles: Role[] = refresh ? [...ROLES] : ['Archive.Read']
  return { name, enrollments: [...enrollments], roles, expiresAt }
}

function until(expires: string): string {
  return expires === NEVER ? ', without an end' : ` until ${expires}`
}

function statusOf({ revokedAt, expiresAt }: StoredGrant, now: string): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid'
}
