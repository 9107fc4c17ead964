import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { loopbackServer } from './loopback-server.ts'

const TENANT = '11111111-2222-3333-4444-555555555555'
const AUDIENCE = 'api://billing-archive'
const KEY_ID = 'local-1'
const LIFETIME_SECONDS = 3_600

/** The claims of a token; absent ones have valid defaults. */
export interface TokenClaims {
  readonly oid?: string
  readonly roles?: readonly string[]
  readonly groups?: readonly string[]
  readonly audience?: string
  readonly issuer?: string
  /** Seconds from now, negative for an expired one. */
  readonly expiresIn?: number
  /** Signs with a key that the tenant never published. */
  readonly isForged?: boolean
}

/** A tenant of Entra ID that issues tokens to callers. */
export interface EntraTenant {
  /** Settings that make the app trust this tenant; ENTRA_ENROLLMENTS must be set too. */
  readonly env: Readonly<Record<string, string>>
  token(claims?: TokenClaims): Promise<string>
  close(): Promise<void>
}

/**
 * Publishes its keys where a tenant does, and signs real tokens of version 2 with them. Source:
 * learn.microsoft.com/entra/identity-platform/access-tokens and /access-token-claims-reference.
 */
export async function startEntra(): Promise<EntraTenant> {
  // Created on first use: most runs need no tokens.
  const own = once(() => generateKeyPair('RS256'))
  const foreign = once(() => generateKeyPair('RS256'))
  const published = async (): Promise<string> => {
    const key = await exportJWK((await own()).publicKey)
    return JSON.stringify({ keys: [{ ...key, kid: KEY_ID, use: 'sig', alg: 'RS256' }] })
  }
  const server = await loopbackServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url === `/${TENANT}/discovery/v2.0/keys`) {
      published().then(
        (keys) => response.end(keys),
        (error: unknown) => response.destroy(error as Error),
      )
      return
    }
    response.statusCode = 404
    response.end('{}')
  })
  return {
    env: {
      ENTRA_TENANT_ID: TENANT,
      ENTRA_AUTHORITY: server.url,
      ENTRA_AUDIENCE: AUDIENCE,
    },
    token: async (claims = {}) => {
      const now = Math.floor(Date.now() / 1_000)
      const { privateKey } = await (claims.isForged === true ? foreign() : own())
      const { oid = 'local-caller', roles = ['Archive.Read'], groups } = claims
      return new SignJWT({
        oid,
        roles: [...roles],
        ...(groups === undefined ? {} : { groups: [...groups] }),
        tid: TENANT,
        ver: '2.0',
      })
        .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
        .setIssuer(claims.issuer ?? `${server.url}/${TENANT}/v2.0`)
        .setAudience(claims.audience ?? AUDIENCE)
        .setIssuedAt(now - 60)
        .setNotBefore(now - 60)
        .setExpirationTime(now + (claims.expiresIn ?? LIFETIME_SECONDS))
        .sign(privateKey)
    },
    close: server.close,
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
