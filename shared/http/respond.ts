import { describeError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { ApiHandler, ApiRequest, ApiResponse } from './api-message.ts'
import { encodeBody } from './encoding.ts'
import { withTag } from './etag.ts'
import { type Problem, problemOf } from './problem.ts'

export interface Responder {
  readonly log: Log
  readonly now: () => Date
  /** How a family reports errors. */
  readonly problem: (problem: Problem) => ApiResponse
}

/**
 * Runs a family's handler and adds the headers that every answer has. Never rejects: every failure has a
 * status, and internal errors are logged.
 */
export async function respond(
  { log, now, problem }: Responder,
  request: ApiRequest,
  handler: ApiHandler,
): Promise<ApiResponse> {
  let response: ApiResponse
  try {
    response = withTag(request, await encodeBody(request, await handler(request)))
  } catch (error) {
    const found = problemOf(error, request.id)
    const { status, retryAfter } = found
    if (status >= 500) {
      log.error('http.failed', { requestId: request.id, status, ...describeError(error) })
    }
    response = problem(found)
    if (status === 401) response = withHeader(response, 'www-authenticate', 'Bearer')
    if (retryAfter !== undefined) {
      response = withHeader(response, 'retry-after', String(retryAfter))
    }
  }
  return {
    status: response.status,
    headers: {
      date: now().toUTCString(),
      'x-ms-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      vary: 'accept, accept-encoding, authorization',
      ...response.headers,
      ...lengthOf(response),
    },
    body: request.method === 'HEAD' ? [] : response.body,
  }
}

/** A 304 has none: it would be the length of the omitted answer. */
function lengthOf({ status, body }: ApiResponse): Record<string, string> {
  if (status === 304) return {}
  return { 'content-length': String(body.reduce((sum, { length }) => sum + length, 0)) }
}

function withHeader(response: ApiResponse, name: string, value: string): ApiResponse {
  return { ...response, headers: { [name]: value, ...response.headers } }
}
