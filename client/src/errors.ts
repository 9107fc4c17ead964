/** The error of a call, besides those of `fetch` itself. */

/** The archive rejected a request, or could not answer it. */
export class ArchiveApiError extends Error {
  override readonly name = 'ArchiveApiError'
  /** Status of the HTTP response. */
  readonly status: number
  /** A code for the kind of failure, e.g. `NOT_FOUND`; empty if the response had none. */
  readonly code: string
  /** Identifies the request in the archive's log. */
  readonly requestId: string | null

  constructor(status: number, code: string, message: string, requestId: string | null) {
    super(message)
    this.status = status
    this.code = code
    this.requestId = requestId
  }
}

/** Parses an error response of either family. */
export async function failureOf(response: Response): Promise<ArchiveApiError> {
  const { code, message } = told(await response.text())
  return new ArchiveApiError(
    response.status,
    code ?? '',
    message ?? `${response.status} ${response.statusText}`.trim(),
    response.headers.get('x-ms-request-id'),
  )
}

interface Told {
  readonly code?: string
  readonly message?: string
}

/** The archive's own API returns a problem (RFC 9457), the old API `error`. */
function told(body: string): Told {
  try {
    const { error, code, detail, title } = JSON.parse(body) as Record<string, unknown>
    if (typeof error === 'object' && error !== null) return error
    return { ...textOf('code', code), ...textOf('message', detail ?? title) }
  } catch {
    return {} // not JSON: an intermediary answered, so only the status is known
  }
}

function textOf(name: keyof Told, value: unknown): Told {
  return typeof value === 'string' ? { [name]: value } : {}
}
