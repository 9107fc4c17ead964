import type { SecretClient } from '@azure/keyvault-secrets'
import { ArchiveError } from '../errors.ts'
import { singleFlight } from '../single-flight.ts'
import type { KeyRing } from '../sources/key-ring.ts'

/**
 * Time-out for reading a secret. All callers share one request, so it needs its own time-out, or it could
 * block all of them forever.
 */
const SECRET_TIMEOUT_MS = 60_000

/**
 * API keys from Key Vault, cached in memory until one is rejected. `secretNames` are patterns in which
 * `{enrollment}` is the enrollment number; the first is the primary key, later ones may be missing.
 */
export function keyVaultKeyRing(
  vault: Pick<SecretClient, 'getSecret'>,
  secretNames: readonly string[],
  timeoutMs: number = SECRET_TIMEOUT_MS,
): KeyRing {
  const known = new Map<string, Promise<readonly string[]>>()
  const once = singleFlight()

  async function readAll(enrollment: string): Promise<readonly string[]> {
    const names = secretNames.map((name) => name.replaceAll('{enrollment}', enrollment))
    const values = await Promise.all(names.map((name) => readSecret(vault, name, timeoutMs)))
    const keys = values.filter((value) => value !== null)
    if (keys.length > 0) return keys
    throw new ArchiveError(
      'SECRET_NOT_FOUND',
      `Key Vault has no secret ${names.join(' or ')}: store the key of enrollment ${enrollment} there`,
    )
  }

  /** Reads the vault once for all concurrent callers. */
  function reread(enrollment: string): Promise<readonly string[]> {
    return once(enrollment, () => {
      const keys = readAll(enrollment)
      known.set(enrollment, keys)
      keys.catch(() => known.delete(enrollment)) // failures are not cached
      return keys
    })
  }

  return {
    keys: (enrollment) => known.get(enrollment) ?? reread(enrollment),
    reread,
  }
}

/** The secret's value, or null if the vault has no secret of that name. */
async function readSecret(
  vault: Pick<SecretClient, 'getSecret'>,
  name: string,
  timeoutMs: number,
): Promise<string | null> {
  const abortSignal = AbortSignal.timeout(timeoutMs)
  try {
    return (await vault.getSecret(name, { abortSignal })).value?.trim() || null
  } catch (cause) {
    const status = (cause as { statusCode?: number }).statusCode
    if (status === 404) return null
    const why =
      status === 403 || status === 401
        ? 'refused access: give the identity the role Key Vault Secrets User on it'
        : `did not answer (${status ?? (abortSignal.aborted ? `within ${timeoutMs / 1_000} s` : 'no status')})`
    throw new ArchiveError('SECRET_UNAVAILABLE', `Key Vault ${why}, secret ${name}`, { cause })
  }
}
