/** Requests of pages on other hosts (the Fetch standard's CORS protocol): which of them may read answers. */
import type { ApiHandler, ApiRequest, ApiResponse } from './api-message.ts'

/** What such pages may send, beside what every page may. */
const REQUEST_HEADERS =
  'authorization, accept, content-type, if-none-match, if-range, range, api-version'

/** What they may read, beside what every page may. */
const RESPONSE_HEADERS =
  'etag, link, location, retry-after, content-disposition, content-range, repr-digest, x-archive-snapshots, x-archive-settled, x-ms-request-id'

const METHODS = 'GET, HEAD, POST, OPTIONS'

/** Browsers ask again before the first request after so long. */
const PREFLIGHT_SECONDS = '600'

/**
 * Answers a preflight, which comes without a credential, and lets pages of `origins` read what `answer` gives.
 * `*` stands for every origin. No cookie is ever used, so no answer allows credentials of the browser's own.
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
