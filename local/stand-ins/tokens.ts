import type { TokenCredential } from '@azure/identity'
import { jwtVerify, SignJWT } from 'jose'

const ISSUER = 'https://sts.windows.net/00000000-0000-0000-0000-000000000000/'
const LIFETIME_SECONDS = 3_600

/** Issues and checks the tokens that the stand-ins accept. */
export interface TokenIssuer {
  issue(audience: string): Promise<{ token: string; expiresAt: number }>
  /** Resolves to true if this issuer signed the token for `audience`. */
  check(token: string, audience: string): Promise<boolean>
  /** For setting up the local storage: the same tokens, without an endpoint in between. */
  credential(): TokenCredential
}

export function tokenIssuer(secret: Uint8Array): TokenIssuer {
  const self: TokenIssuer = {
    async issue(audience) {
      const now = Math.floor(Date.now() / 1_000)
      const expiresAt = now + LIFETIME_SECONDS
      const token = await new SignJWT({ oid: 'local', tid: 'local' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(now - 60)
        .setExpirationTime(expiresAt)
        .sign(secret)
      return { token, expiresAt }
    },
    async check(token, audience) {
      try {
        await jwtVerify(token, secret, { issuer: ISSUER, audience })
        return true
      } catch {
        return false // an invalid token opens nothing
      }
    },
    credential: () => ({
      async getToken(scopes) {
        const scope = Array.isArray(scopes) ? scopes[0] : scopes
        const { token, expiresAt } = await self.issue(audienceOf(scope ?? ''))
        return { token, expiresOnTimestamp: expiresAt * 1_000 }
      },
    }),
  }
  return self
}

/** `https://storage.azure.com/.default` → `https://storage.azure.com` */
export function audienceOf(scope: string): string {
  return scope.replace(/\/?\.default$/, '').replace(/\/$/, '')
}
