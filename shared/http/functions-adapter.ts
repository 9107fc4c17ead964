import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions'
import { jsonLog } from '../log.ts'
import type { Archive } from '../usecases/archive.ts'

/** Shorter than host.json's functionTimeout, so that a time-out is ours and leaves a reason. */
const INVOCATION_TIMEOUT_MS = 25 * 60_000

/** The archive as one invocation uses it: its log lines carry the invocation's id. */
export function invocation(
  archive: Archive,
  context: InvocationContext,
): { archive: Archive; signal: AbortSignal } {
  const log = jsonLog((level, line) => context[level](line), {
    function: context.functionName,
    invocation: context.invocationId,
  })
  return { archive: { ...archive, log }, signal: AbortSignal.timeout(INVOCATION_TIMEOUT_MS) }
}

/** One route family: a standard request and its id in, a standard response out. */
export type HttpHandler = (request: Request, requestId: string) => Promise<Response>

/** Carries a request from the Functions host to a handler, and the response back. */
export async function serve(
  handler: HttpHandler,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const headers = Object.fromEntries(request.headers.entries())
  const response = await handler(
    new Request(request.url, { method: request.method, headers }),
    context.invocationId,
  )
  const body = request.method === 'HEAD' ? null : await response.arrayBuffer()
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.entries()),
    ...(body === null || body.byteLength === 0 ? {} : { body }),
  }
}
