import type { Certificate } from './certificate.ts'
import { loopbackServer } from './loopback-server.ts'
import type { TokenIssuer } from './tokens.ts'

const AUDIENCE = 'https://vault.azure.net'

export interface KeyVault {
  readonly url: string
  /** Secrets by name; a change takes effect at the next read. */
  readonly secrets: Map<string, string>
  /** Secrets answered with this status instead, to simulate a vault that is down or refuses. */
  readonly failing: Map<string, number>
  /** Names of the secrets that were read, in order. */
  readonly reads: readonly string[]
  close(): Promise<void>
}

/**
 * Key Vault's `GET /secrets/{name}`, with the authentication challenge with which the real one starts every
 * conversation. Source: learn.microsoft.com/rest/api/keyvault/secrets/get-secret.
 */
export async function startKeyVault(
  issuer: TokenIssuer,
  certificate: Certificate,
  secrets: Map<string, string>,
): Promise<KeyVault> {
  const reads: string[] = []
  const failing = new Map<string, number>()

  async function answer(
    path: string,
    authorization: string,
  ): Promise<{ status: number; body: object; challenge?: boolean }> {
    const token = /^bearer (.+)$/i.exec(authorization)?.[1]
    if (token === undefined || !(await issuer.check(token, AUDIENCE))) {
      return { status: 401, body: refusal('Unauthorized', 'no valid token'), challenge: true }
    }
    const name = /^\/secrets\/([^/]+)\/?/.exec(path)?.[1] ?? ''
    reads.push(name)
    const status = failing.get(name)
    if (status !== undefined) return { status, body: refusal('Simulated', 'simulated fault') }
    const value = secrets.get(name)
    if (value === undefined) {
      return { status: 404, body: refusal('SecretNotFound', `there is no secret ${name}`) }
    }
    const id = `${server.url}/secrets/${name}/00000000000000000000000000000001`
    return { status: 200, body: { value, id, attributes: { enabled: true } } }
  }

  const server = await loopbackServer(
    (request, response) => {
      const url = new URL(request.url ?? '/', 'https://127.0.0.1')
      answer(url.pathname, request.headers.authorization ?? '').then(
        ({ status, body, challenge }) => {
          response.statusCode = status
          response.setHeader('content-type', 'application/json')
          if (challenge === true) {
            response.setHeader(
              'www-authenticate',
              `Bearer authorization="https://login.microsoftonline.com/local", resource="${AUDIENCE}"`,
            )
          }
          response.end(JSON.stringify(body))
        },
        (error: unknown) => response.destroy(error as Error),
      )
    },
    { certificate },
  )
  return { url: server.url, secrets, failing, reads, close: server.close }
}

function refusal(code: string, message: string): object {
  return { error: { code, message } }
}
