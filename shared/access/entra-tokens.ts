/** Entra ID bearer tokens: signature, audience, expiry, and the permissions of their principal. */
import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { ArchiveError } from '../errors.ts'
import { type Caller, ROLES } from './caller.ts'

export interface EntraOptions {
  /** Where the tenant publishes its keys, e.g. `https://login.microsoftonline.com`. */
  readonly authority: URL
  readonly tenantId: string
  /** Allowed values of `aud`: the app's client id, or its `api://` name. */
  readonly audiences: readonly string[]
  /** `100`, open to every principal, or `{id}:100`, open to the one with that id. */
  readonly scopes: readonly EntraScope[]
}

export interface EntraScope {
  /** Object id of a user, group or service principal, or an app's client id; null for everyone. */
  readonly principal: string | null
  readonly enrollment: string
}

export interface EntraTokens {
  /** True if `token` claims to be issued by the tenant: API keys may look like tokens too. */
  isOurs(token: string): boolean
  /** The caller that a token identifies; rejects with `UNAUTHORIZED`, or with `TENANT_UNAVAILABLE`. */
  verify(token: string): Promise<Caller>
}

/** Signing algorithm of Entra ID. Source: learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the signature". */
const ALGORITHMS = ['RS256']

/** The form of a signed token. */
const THREE_PARTS = /^[^.]+\.[^.]+\.[^.]*$/

/** Maximum clock difference between issuer and verifier, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60

/** Verifies tokens against the tenant's published keys, which are fetched when first needed and kept. */
export function entraTokens(options: EntraOptions): EntraTokens {
  const { authority, tenantId, audiences, scopes } = options
  const root = `${authority.href.replace(/\/$/, '')}/${tenantId}`
  // Version 2 tokens, and version 1 tokens, which an app registration gets unless it asks for the others.
  const issuers = [`${root}/v2.0`, `https://sts.windows.net/${tenantId}/`]
  const keys = createRemoteJWKSet(new URL(`${root}/discovery/v2.0/keys`))

  return {
    isOurs(token) {
      if (!THREE_PARTS.test(token)) return false // true for most keys; throwing an exception for each would cost more than the rest
      try {
        return issuers.includes(decodeJwt(token).iss ?? '')
      } catch {
        return false // not a token: a key, or nothing
      }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: issuers,
          audience: [...audiences],
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ['exp'],
        })
        return callerOf(payload, scopes)
      } catch (error) {
        throw refusal(error)
      }
    },
  }
}

function callerOf(payload: JWTPayload, scopes: readonly EntraScope[]): Caller {
  const ids = new Set(
    [payload['oid'], payload['appid'], payload['azp'], ...listOf(payload['groups'])].filter(
      (id) => typeof id === 'string',
    ),
  )
  const roles = listOf(payload['roles'])
  const open = scopes.filter(({ principal }) => principal === null || ids.has(principal))
  const name = `principal ${typeof payload['oid'] === 'string' ? payload['oid'] : (payload.sub ?? '')}`
  return {
    id: name,
    name,
    enrollments: [...new Set(open.map(({ enrollment }) => enrollment))],
    roles: ROLES.filter((role) => roles.includes(role)),
  }
}

function listOf(claim: unknown): unknown[] {
  return Array.isArray(claim) ? claim : []
}

/** Translates jose's errors. If the keys can't be fetched, the token is not at fault. */
function refusal(error: unknown): ArchiveError {
  if (error instanceof errors.JWTExpired) {
    return new ArchiveError('UNAUTHORIZED', 'the token has expired', { cause: error })
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new ArchiveError('UNAUTHORIZED', `the token's ${error.claim} is not the expected one`, {
      cause: error,
    })
  }
  const isToken =
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  if (isToken) {
    return new ArchiveError('UNAUTHORIZED', 'the token is not signed by the tenant', {
      cause: error,
    })
  }
  return new ArchiveError('TENANT_UNAVAILABLE', "the tenant's signing keys can't be read", {
    cause: error,
  })
}
