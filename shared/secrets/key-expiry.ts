import { decodeJwt } from 'jose'

/**
 * When a Reporting API key expires, read from the key itself: it looks like a JWT. Null if it does not, or
 * says nothing of its end; then only the source knows.
 */
export function keyExpiry(key: string): Date | null {
  try {
    const { exp } = decodeJwt(key)
    return exp === undefined ? null : new Date(exp * 1_000)
  } catch {
    return null // no JWT: keys of other sources, and of the simulator
  }
}
