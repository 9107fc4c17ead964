import { text } from 'node:stream/consumers'
import { ROLES, type Role } from '../../shared/access/caller.ts'
import { accessWriter } from '../../shared/deps.ts'
import { ArchiveError } from '../../shared/errors.ts'
import {
  findGrant,
  listGrants,
  newKey,
  revokeGrant,
  type StoredGrant,
  storeKey,
} from '../../shared/usecases/access/caller-keys.ts'
import { confirm } from '../../terminal/confirm.ts'
import type { Screen } from '../../terminal/screen.ts'
import { table } from '../../terminal/table.ts'
import { NEVER } from '../arguments.ts'
import { type Context, enrollmentsOf, need } from '../context.ts'
import { counted, type Outcome, ok } from '../outcome.ts'

/** What a key opens, and until when. */
export interface KeyFlags {
  readonly enrollments: readonly string[]
  readonly name: string
  /** A time, or `never`. */
  readonly expires: string
  /** The key may also fetch series on demand. */
  readonly refresh: boolean
}

const DIGEST_SHOWN = 12

/** Creates a random key and prints it. The key itself is not stored. */
export async function createKey(context: Context, flags: KeyFlags): Promise<Outcome> {
  const { config, screen } = context
  await sureOf(context, flags.enrollments)
  const key = newKey()
  const digest = await storeKey(accessWriter(config), key, grantOf(flags))
  const words = `It opens ${flags.enrollments.join(', ')}${until(flags.expires, screen)}. It is not shown again.`
  return ok(`${key}\n${words}`, { key, digest, ...flags })
}

/**
 * Registers keys that scripts already use, e.g. Reporting API keys, so that scripts change only their host
 * name.
 */
export async function importKeys(
  context: Context,
  flags: KeyFlags & { readonly stdin: boolean },
): Promise<Outcome> {
  const { config, deps, screen, stdin } = context
  if (!flags.stdin) need(context, 'keys import', 'KEY_VAULT_URI')
  await sureOf(context, flags.enrollments)
  const access = accessWriter(config)
  const digests: string[] = []
  if (flags.stdin) {
    const key = (await text(stdin)).trim()
    if (key === '' || /\s/.test(key)) {
      throw new ArchiveError('BAD_REQUEST', 'standard input must contain one key and nothing else')
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
  const words = `${counted(digests.length, 'key')} imported${until(flags.expires, screen)}`
  return ok(words, { digests, ...flags })
}

export async function listKeys({ config, screen }: Context): Promise<Outcome> {
  const now = new Date().toISOString()
  const grants = await listGrants(accessWriter(config))
  if (grants.length === 0) return ok('No key opens this archive yet.', [])
  const rows = grants.map((grant) => [
    grant.digest.slice(0, DIGEST_SHOWN),
    grant.name,
    grant.enrollments.join(','),
    grant.roles.map((role) => role.replace('Archive.', '')).join(','),
    grant.expiresAt === null ? 'never' : screen.time(grant.expiresAt),
    statusOf(grant, now, screen),
  ])
  const columns = [
    { title: 'digest' },
    { title: 'name', least: 12 },
    { title: 'enrollments', least: 8 },
    { title: 'roles', drop: 2, least: 6 },
    { title: 'expires', drop: 1 },
    { title: 'status', least: 8 },
  ]
  return ok(table(screen, columns, rows), grants)
}

export async function revokeKey(context: Context, digest: string): Promise<Outcome> {
  const { config, isSure } = context
  const access = accessWriter(config)
  const { name } = await findGrant(access, digest)
  const question = `Revoke the key ${name} (${digest})? It stops working.`
  await confirm(context, question, { isSure, isNeeded: false })
  const revoked = await revokeGrant(access, digest)
  return ok(`${revoked.name} (${revoked.digest.slice(0, DIGEST_SHOWN)}) is revoked`, revoked)
}

function grantOf({ enrollments, name, expires, refresh }: KeyFlags) {
  const expiresAt = expires === NEVER ? null : expires
  const roles: Role[] = refresh ? [...ROLES] : ['Archive.Read']
  return { name, enrollments: [...enrollments], roles, expiresAt }
}

/** A key for an enrollment that is not archived here opens nothing: it may be a typo. */
async function sureOf(context: Context, enrollments: readonly string[]): Promise<void> {
  const known = await enrollmentsOf(context)
  const unknown = enrollments.filter((each) => !known.includes(each))
  if (unknown.length === 0) return
  const are = unknown.length === 1 ? 'is' : 'are'
  const question = `${unknown.join(', ')} ${are} not archived here (archived: ${known.join(', ') || 'nothing'}). Create the key anyway?`
  await confirm(context, question, { isSure: context.isSure, isNeeded: true })
}

function until(expires: string, screen: Screen): string {
  return expires === NEVER ? ', without expiry' : ` until ${screen.time(expires)}`
}

function statusOf({ revokedAt, expiresAt }: StoredGrant, now: string, screen: Screen): string {
  if (revokedAt !== null) return `revoked ${screen.time(revokedAt)}`
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid'
}
