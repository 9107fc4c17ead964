import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LoopbackServer, loopbackServer } from '../stand-ins/loopback-server.ts'
import type { RegisteredFunction } from './functions-core.ts'
import { routeMatcher } from './http-routes.ts'
import { type InvocationLog, invoke, triggerOf } from './invoke.ts'

/** The largest request body that is read; the app's requests have none. */
const MAX_BODY_BYTES = 1024 * 1024

/** An answer as the library gives it back. */
interface RpcHttpResponse {
  readonly statusCode?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string; readonly json?: string }
}

export interface HttpHostOptions {
  readonly functions: readonly RegisteredFunction[]
  readonly port: number
  /** Opens `/admin/…`, as the host's master key does. */
  readonly adminKey: string
  /** Runs a timer function now. */
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
    const url = urlOf(request)
    if (url === null) {
      response.statusCode = 400
      return void response.end()
    }
    if (url.pathname.startsWith('/admin/')) return admin(request, response, url)
    const method = request.method ?? 'GET'
    for (const { fn, methods, matcher } of routes) {
      const params = matcher.match(url.pathname)
      if (params === null || !methods.includes(method)) continue
      const bytes = await bodyOf(request)
      if (bytes === null) {
        response.statusCode = 413
        return void response.end()
      }
      const http = {
        url: url.href,
        method,
        headers: headersOf(request),
        params,
        query: Object.fromEntries(url.searchParams),
        body: { bytes },
      }
      const result = (await invoke(fn, { http }, {}, options.log)) as { http?: RpcHttpResponse }
      return send(response, result?.http ?? {})
    }
    response.statusCode = 404
    response.end()
  }

  async function admin(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> {
    response.setHeader('content-type', 'application/json')
    if (request.headers['x-functions-key'] !== options.adminKey) {
      response.statusCode = 401
    } else if (request.method === 'GET' && url.pathname === '/admin/host/status') {
      return void response.end(JSON.stringify(options.status()))
    } else if (request.method === 'POST' && url.pathname.startsWith('/admin/functions/')) {
      // The real host answers 202 at once; here the caller waits, to know when the timer is done.
      await options.runNow(url.pathname.slice('/admin/functions/'.length))
      response.statusCode = 202
    } else {
      response.statusCode = 404
    }
    response.end('{}')
  }

  return loopbackServer(
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // Whoever went away before the end of the request waits for no answer.
        if (request.destroyed && !request.complete) return
        options.log('error', String(error))
        if (response.headersSent) response.destroy()
        else {
          response.statusCode = 500
          response.end(JSON.stringify({ message: String(error) }))
        }
      })
    },
    { port: options.port },
  )
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

/** The URL that was asked for, as the platform's front end passes it on: only if it is one. */
function urlOf(request: IncomingMessage): URL | null {
  const path = request.url ?? '/'
  const base = `http://${request.headers.host ?? '127.0.0.1'}`
  return path.startsWith('/') ? URL.parse(base + path) : null
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
  if (body?.bytes) response.end(body.bytes)
  else response.end(body?.string ?? body?.json)
}
