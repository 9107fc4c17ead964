import { expect } from 'vitest'
import type { ApiHandler } from '../../shared/http/api-message.ts'
import { archiveApi } from '../../shared/http/archive-api.ts'
import type { HttpDeps } from '../../shared/http/http-deps.ts'
import { reportingApi } from '../../shared/http/reporting/reporting-api.ts'
import { type CallOptions, call } from './call.ts'
import { undescribed } from './described.ts'

/** An answer with its body as text, checked against the API description. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  json<T>(): T
}

export type Ask = (url: string, options?: CallOptions) => Promise<Answered>

/** Sends requests to either family with a key; every answer must match the API description. */
export function apiClient(deps: HttpDeps, key: string): Ask {
  return async (url, { method = 'GET', headers = {} } = {}) => {
    const isArchive = new URL(url, 'http://archive.example').pathname.startsWith('/archive')
    const handler: ApiHandler = (request) =>
      isArchive ? archiveApi(deps, request) : reportingApi(deps, request)
    const given = { authorization: `bearer ${key}`, ...headers }
    const response = await call(handler, url, { method, headers: given })
    const text = await response.text()
    expect(undescribed(method, url, response, text)).toBeNull()
    expect(response.headers.get('x-ms-request-id')).toBe('request-1')
    expect(response.headers.get('date')).toMatch(/GMT$/)
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: <T>() => JSON.parse(text) as T,
    }
  }
}
