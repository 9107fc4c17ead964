/** All kinds of credentials. */
import { randomBytes } from 'node:crypto'
import type { Services } from '../../local/services.ts'
import { grantKey } from '../../local/storage-setup.ts'
import { readConfig } from '../../shared/config.ts'
import { accessWriter } from '../../shared/deps.ts'
import { newKey, revokeGrant, storeKey } from '../../shared/usecases/access/caller-keys.ts'
import type { TestArchive } from '../../testing/stack/archive-stack.ts'

/** What a credential should permit. */
export type Standing =
  /** Opens enrollment 100, to read and to refresh. */
  | 'all'
  /** Opens enrollment 100, to read. */
  | 'reader'
  /** Valid, but opens another enrollment. */
  | 'other'
  /** Valid, but has no role. */
  | 'roleless'
  | 'none'
  | 'bad'

export interface Credential {
  readonly name: string
  readonly standing: Standing
  /** The header `Authorization`; null for none. */
  readonly authorization: string | null
}

const DAY_MS = 86_400_000

export async function credentials(
  { entra, credential }: Services,
  archive: TestArchive,
): Promise<Credential[]> {
  const { blobUrl } = archive
  const key = async (
    enrollments: readonly string[],
    scope: Parameters<typeof grantKey>[4] = {},
  ): Promise<string> => {
    const made = newKey()
    await grantKey(blobUrl, credential, made, enrollments, scope)
    return made
  }
  const bearer = (name: string, standing: Standing, value: string): Credential => {
    return { name, standing, authorization: `bearer ${value}` }
  }
  const writer = accessWriter(readConfig({ ...archive.settings }))
  const revoked = newKey()
  const grant = { name: 'revoked', enrollments: ['100'], roles: ['Archive.Read' as const] }
  const digest = await storeKey(writer, revoked, { ...grant, expiresAt: null })
  await revokeGrant(writer, digest)
  const both = ['Archive.Read', 'Archive.Refresh'] as const
  const unsigned = `${base64({ alg: 'none', typ: 'JWT' })}.${(await entra.token()).split('.')[1]}.`

  return [
    { name: 'no credential', standing: 'none', authorization: null },
    { name: 'an empty header', standing: 'bad', authorization: '' },
    { name: 'another scheme', standing: 'bad', authorization: `basic ${base64('a:b')}` },
    { name: 'only a scheme', standing: 'bad', authorization: 'bearer' },
    bearer('an unknown key', 'bad', randomBytes(24).toString('base64url')),
    bearer('an endless key', 'bad', 'x'.repeat(8_193)),
    bearer('an expired key', 'bad', await key(['100'], { expiresAt: past() })),
    bearer('a revoked key', 'bad', revoked),
    bearer('a key for another enrollment', 'other', await key(['200'])),
    bearer('a key for reading', 'reader', await key(['100'], { roles: ['Archive.Read'] })),
    bearer('a key with all roles', 'all', await key(['100'])),
    bearer('a key in capitals', 'bad', (await key(['100'])).toUpperCase()),
    bearer('a token for reading', 'reader', await entra.token()),
    bearer('a token with all roles', 'all', await entra.token({ roles: both })),
    bearer('a token without roles', 'roleless', await entra.token({ roles: [] })),
    bearer('a token with foreign roles', 'roleless', await entra.token({ roles: ['Admin'] })),
    bearer('an expired token', 'bad', await entra.token({ expiresIn: -120 })),
    bearer('a forged token', 'bad', await entra.token({ isForged: true })),
    bearer('a token for another app', 'bad', await entra.token({ audience: 'api://other' })),
    bearer(
      'a token of another tenant',
      'bad',
      await entra.token({ issuer: 'https://sts.example/' }),
    ),
    bearer('an unsigned token', 'bad', unsigned),
  ]
}

function past(): string {
  return new Date(Date.now() - DAY_MS).toISOString()
}

function base64(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return Buffer.from(text).toString('base64url')
}
