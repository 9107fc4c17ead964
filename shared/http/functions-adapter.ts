import { ReadableStream } from 'node:stream/web'
import type { HttpRequest, HttpResponseInit, InvocationContext, Timer } from '@azure/functions'
import { INVOCATION_SECONDS } from '../config.ts'
import { jsonLog, type Log } from '../log.ts'
import type { Archive } from '../usecases/archive.ts'
import type { ApiRequest, ApiResponse } from './api-message.ts'
import { crossOrigin } from './cross-origin.ts'
import type { HttpDeps } from './http-deps.ts'

/** The archive for one invocation: its log lines contain the invocation's id. */
export function invocation(
  archive: Archive,
  context: InvocationContext,
): { archive: Archive; signal: AbortSignal } {
  const log = invocationLog(context)
  return { archive: { ...archive, log }, signal: AbortSignal.timeout(INVOCATION_SECONDS * 1_000) }
}

/** A log whose lines contain the invocation's id. */
export function invocationLog(context: InvocationContext): Log {
  return jsonLog((level, line) => context[level](line), {
    function: context.functionName,
    invocation: context.invocationId,
  })
}

/**
 * When a timer last ran according to the host; null if never, or if it was started manually. The host stores
 * times in UTC, with or without a zone.
 */
export function lastRun({ scheduleStatus }: Timer): Date | null {
  const text = (scheduleStatus as Timer['scheduleStatus'] | null | undefined)?.last ?? ''
  const time = Date.parse(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`)
  return time > 0 ? new Date(time) : null // the host stores the year 1 for "never"
}

/** Passes a request from the Functions host to a handler, and the response back. */
export async function serve(
  deps: HttpDeps,
  family: (deps: HttpDeps, request: ApiRequest) => Promise<ApiResponse>,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const asked: ApiRequest = {
    method: request.method.toUpperCase(),
    url: new URL(request.url),
    header: (name) => request.headers.get(name),
    id: context.invocationId,
  }
  const { corsOrigins } = deps.serving
  const { status, headers, body } = await crossOrigin(corsOrigins, asked, () => family(deps, asked))
  return { status, headers, ...(body.length === 0 ? {} : { body: streamOf(body) }) }
}

/** The library copies a buffer twice on its way to the host, and a stream's chunks once. */
function streamOf(pieces: readonly Uint8Array[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece)
      controller.close()
    },
  })
}
