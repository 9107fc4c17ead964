import { decodeJwt } from 'jose'

/**
 * When a Reporting API key expires, read from the key itself, which is a JWT. Null if it is not, or has no
 * expiry; then only the source knows.
 */
export function keyExpiry(key: string): Date | null {
  try {
    const { exp } = decodeJwt(key)
    return exp === undefined ? null : new Date(exp * 1_000)
  } catch {
    return null // not a JWT: keys of other sources, and of the simulator
  }
}
