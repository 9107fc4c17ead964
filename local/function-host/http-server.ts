import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LoopbackServer, loopbackServer } from '../stand-ins/loopback-server.ts'
import type { RegisteredFunction } from './functions-core.ts'
import { routeMatcher } from './http-routes.ts'
import { type InvocationLog, invoke, triggerOf } from './invoke.ts'
import { requestTarget } from './request-target.ts'

/** The largest request body that is read; the app needs none. */
const MAX_BODY_BYTES = 1024 * 1024

// Kestrel's limits (KestrelServerLimits), which the Functions host does not change.
const MAX_REQUEST_LINE_BYTES = 8_192
const MAX_HEADERS_BYTES = 32_768
const MAX_HEADERS = 100

/** An answer as returned by the library. */
interface RpcHttpResponse {
  readonly statusCode?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string; readonly json?: string }
}

export interface HttpHostOptions {
  readonly functions: readonly RegisteredFunction[]
  readonly port: number
  /** Whether `/` shows the host's page, or answers 204 as with AzureWebJobsDisableHomepage. */
  readonly hasStartPage: boolean
  /** Opens `/admin/…`, like the host's master key. */
  readonly adminKey: string
  /** Runs a timer function immediately. */
  readonly runNow: (functionName: string) => Promise<void>
  readonly status: () => object
  readonly log: InvocationLog
}

/** Serves HTTP functions, and the two routes of the host's own API that `npm start` needs. */
export async function serveHttp(options: HttpHostOptions): Promise<LoopbackServer> {
  const routes = options.functions
    .flatMap((fn) => {
      const trigger = triggerOf(fn, 'httpTrigger')
      if (trigger === null) return []
      const methods = (trigger['methods'] as string[]).map((method) => method.toUpperCase())
      return [{ fn, methods, matcher: routeMatcher(String(trigger['route'])) }]
    })
    .sort((a, b) => b.matcher.weight - a.matcher.weight)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = limitExceeded(request)
    if (refused !== null) return end(response, refused)
    const headers = headersOf(request)
    // Two Host headers are invalid: joined by a comma they are not a host.
    const target = requestTarget(request.url ?? '', headers?.['host'] ?? '')
    if (target === null || headers === null) return end(response, 400)
    if (target.path === '/') return startPage(response)
    if (target.path.toLowerCase().startsWith('/admin/'))
      return admin(request, response, target.path)
    const method = request.method ?? 'GET'
    for (const { fn, methods, matcher } of routes) {
      const params = matcher.match(target.path)
      if (params === null || !methods.includes(method)) continue
      const bytes = await bodyOf(request)
      if (bytes === null) return end(response, 413)
      const { url, query } = target
      // The host passes on a body only if its length was announced.
      const isAnnounced = Number(request.headers['content-length'] ?? 0) > 0
      const body = isAnnounced ? { body: { bytes } } : {}
      const http = { url, method, headers, params, query, ...body }
      const result = (await invoke(fn, { http }, {}, options.log)) as { http?: RpcHttpResponse }
      return send(response, result?.http ?? {})
    }
    end(response, 404)
  }

  function startPage(response: ServerResponse): void {
    if (options.hasStartPage) {
      response.setHeader('content-type', 'text/html')
      return void response.end(
        '<!doctype html><title>Functions host</title><p>The host is running.',
      )
    }
    end(response, 204)
  }

  async function admin(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    response.setHeader('content-type', 'application/json')
    if (request.headers['x-functions-key'] !== options.adminKey) {
      response.statusCode = 401
    } else if (request.method === 'GET' && path === '/admin/host/status') {
      return void response.end(JSON.stringify(options.status()))
    } else if (request.method === 'POST' && path.startsWith('/admin/functions/')) {
      // The real host answers 202 at once; here the caller waits until the timer function has finished.
      await options.runNow(path.slice('/admin/functions/'.length))
      response.statusCode = 202
    } else {
      response.statusCode = 404
    }
    response.end('{}')
  }

  return loopbackServer(
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // A client that disconnects early gets no answer.
        if (request.destroyed && !request.complete) return
        options.log('error', String(error))
        if (response.headersSent) response.destroy()
        else {
          response.statusCode = 500
          response.end(JSON.stringify({ message: String(error) }))
        }
      })
    },
    // Above this, Kestrel's own status is returned.
    { port: options.port, maxHeaderSize: 4 * MAX_HEADERS_BYTES },
  )
}

/** The limits that Kestrel enforces before parsing: 414 and 431; null if within limits. */
function limitExceeded({ method, url = '', rawHeaders }: IncomingMessage): number | null {
  if (`${method} ${url} HTTP/1.1\r\n`.length > MAX_REQUEST_LINE_BYTES) return 414
  let bytes = 2
  for (const text of rawHeaders) bytes += text.length + 2
  return bytes > MAX_HEADERS_BYTES || rawHeaders.length / 2 > MAX_HEADERS ? 431 : null
}

/** Headers of the same name are joined by a comma; null if one is not UTF-8. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> | null {
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    const value = utf8Of(rawHeaders[i + 1] as string)
    if (value === null) return null
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before},${value}`
  }
  return headers
}

/** Node returns each byte as a character. */
function utf8Of(value: string): string | null {
  if (!/[\x80-\xff]/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : null
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}

/** The request's body; null if it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, answer: RpcHttpResponse): void {
  response.statusCode = Number(answer.statusCode ?? 200)
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  const { body } = answer
  const bytes = body?.bytes ?? body?.string ?? body?.json
  // The host adds no Content-Length: answers without one are sent in chunks.
  if (bytes !== undefined && bytes.length > 0) response.write(bytes)
  response.end()
}
