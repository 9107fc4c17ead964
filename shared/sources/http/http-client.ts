import { Agent, request } from 'undici'
import { decoded } from './content-encoding.ts'

/** One answer of a source, with its body unread. */
export interface HttpAnswer {
  readonly status: number
  /** The header's value, or null. Names in lower case. */
  header(name: string): string | null
  /** The body, decompressed. Must be consumed or dumped. */
  readonly body: AsyncIterable<Buffer>
  /** Drains the body, so that the connection can be reused. */
  dump(): Promise<void>
}

/**
 * GET with a connection pool. Rejects with undici's own errors on network faults and time-outs. The signal
 * aborts the request and the reading of its body.
 */
export interface HttpClient {
  get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer>
  close(): Promise<void>
}

export interface HttpClientOptions {
  /** Connections per origin. */
  readonly connections: number
  /** Time until an answer's headers have arrived, in milliseconds. */
  readonly headersTimeoutMs: number
  /** Time between two chunks of a body, in milliseconds. */
  readonly bodyTimeoutMs: number
}

const CONNECT_TIMEOUT_MS = 15_000

/** An undici client. It follows no redirects, which would send the key elsewhere. */
export function httpClient(options: HttpClientOptions): HttpClient {
  const dispatcher = new Agent({
    connections: options.connections,
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  })
  return {
    async get(url, headers, signal) {
      const answer = await request(url, {
        method: 'GET',
        headers: { 'accept-encoding': 'gzip', ...headers },
        dispatcher,
        signal,
      })
      const header = (name: string): string | null => {
        const value = answer.headers[name]
        return Array.isArray(value) ? (value[0] ?? null) : (value ?? null)
      }
      return {
        status: answer.statusCode,
        header,
        body: decoded(answer.body, header('content-encoding')),
        dump: () => answer.body.dump(),
      }
    },
    close: () => dispatcher.close(),
  }
}
