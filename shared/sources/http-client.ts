import { Agent, request } from 'undici'
import { decoded } from './content-encoding.ts'

/** One answer of a source, its body not yet read. */
export interface HttpAnswer {
  readonly status: number
  /** The header's value, or null. Names in lower case. */
  header(name: string): string | null
  /** The body, decompressed. Must be consumed or dumped. */
  readonly body: AsyncIterable<Buffer>
  /** Reads and forgets the body, so that the connection can be used again. */
  dump(): Promise<void>
}

/**
 * GET with a connection pool. Rejects on network faults and time-outs with undici's own errors. The signal
 * ends the request, and the reading of its body as well.
 */
export interface HttpClient {
  get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer>
  close(): Promise<void>
}

export interface HttpClientOptions {
  /** Connections per origin. */
  readonly connections: number
  /** Until an answer's headers are there; milliseconds. */
  readonly headersTimeoutMs: number
  /** Between two pieces of a body; milliseconds. */
  readonly bodyTimeoutMs: number
}

const CONNECT_TIMEOUT_MS = 15_000

/** An undici client. It follows no redirect by itself: that would carry the key elsewhere. */
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
