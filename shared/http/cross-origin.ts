/** CORS (Fetch standard): which web pages of other hosts may read answers. */
import type { ApiHandler, ApiRequest, ApiResponse } from './api-message.ts'

/** Request headers that such pages may send, besides the safelisted ones. */
const REQUEST_HEADERS =
  'authorization, accept, content-type, if-none-match, if-range, range, api-version'

/** Response headers that they may read, besides the safelisted ones. */
const RESPONSE_HEADERS =
  'etag, link, location, retry-after, content-disposition, content-range, repr-digest, x-archive-snapshots, x-archive-source, x-archive-settled, x-ms-request-id'

const METHODS = 'GET, HEAD, POST, OPTIONS'

/** How long browsers may cache a preflight. */
const PREFLIGHT_SECONDS = '600'

/**
 * Answers preflights, which have no credential, and lets pages of `origins` read the result of `answer`. `*`
 * means every origin. Cookies are never used, so no answer allows browser credentials.
 */
export async function crossOrigin(
  origins: readonly string[],
  request: ApiRequest,
  answer: ApiHandler,
): Promise<ApiResponse> {
  const allowed = allowedOrigin(origins, request.header('origin'))
  const response = request.method === 'OPTIONS' ? preflight(allowed) : await answer(request)
  if (origins.length === 0) return response
  const { vary } = response.headers
  return {
    ...response,
    headers: {
      ...response.headers,
      vary: vary === undefined ? 'origin' : `${vary}, origin`,
      ...(allowed === null
        ? {}
        : {
            'access-control-allow-origin': allowed,
            'access-control-expose-headers': RESPONSE_HEADERS,
          }),
    },
  }
}

function allowedOrigin(origins: readonly string[], origin: string | null): string | null {
  if (origin === null) return null
  if (origins.includes('*')) return '*'
  return origins.includes(origin.toLowerCase()) ? origin : null
}

function preflight(allowed: string | null): ApiResponse {
  const forThem = {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
  }
  return {
    status: 204,
    headers: { allow: METHODS, ...(allowed === null ? {} : forThem) },
    body: [],
  }
}
