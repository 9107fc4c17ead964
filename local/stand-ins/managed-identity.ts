import { loopbackServer } from './loopback-server.ts'
import type { TokenIssuer } from './tokens.ts'

export interface ManagedIdentity {
  readonly issuer: TokenIssuer
  /** What App Service sets for its apps: IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/**
 * The managed-identity endpoint of App Service, which @azure/identity asks for tokens.
 * Source: learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference".
 */
export async function startManagedIdentity(
  issuer: TokenIssuer,
  header: string,
): Promise<ManagedIdentity> {
  const server = await loopbackServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const resource = url.searchParams.get('resource')
    response.setHeader('content-type', 'application/json')
    if (request.headers['x-identity-header'] !== header || resource === null) {
      response.statusCode = 401
      response.end(JSON.stringify({ statusCode: 401, message: 'X-IDENTITY-HEADER is wrong' }))
      return
    }
    issuer.issue(resource.replace(/\/$/, '')).then(
      ({ token, expiresAt }) =>
        response.end(
          JSON.stringify({
            access_token: token,
            expires_on: String(expiresAt),
            resource,
            token_type: 'Bearer',
          }),
        ),
      (error: unknown) => response.destroy(error as Error),
    )
  })
  return {
    issuer,
    env: { IDENTITY_ENDPOINT: `${server.url}/msi/token`, IDENTITY_HEADER: header },
    close: server.close,
  }
}
