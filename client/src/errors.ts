/** What a call may reject with, beside what `fetch` itself throws. */

/** The archive refused a request, or could not answer it. */
export class ArchiveApiError extends Error {
  override readonly name = 'ArchiveApiError'
  /** Of the HTTP answer. */
  readonly status: number
  /** A word for the kind of failure, e.g. `NOT_FOUND`; empty if the answer had none. */
  readonly code: string
  /** Names the request in the log of the archive. */
  readonly requestId: string | null

  constructor(status: number, code: string, message: string, requestId: string | null) {
    super(message)
    this.status = status
    this.code = code
    this.requestId = requestId
  }
}

/** Reads the failure out of an answer of either family. */
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

/** The archive's own API answers with a problem (RFC 9457), the old API with `error`. */
function told(body: string): Told {
  try {
    const { error, code, detail, title } = JSON.parse(body) as Record<string, unknown>
    if (typeof error === 'object' && error !== null) return error
    return { ...textOf('code', code), ...textOf('message', detail ?? title) }
  } catch {
    return {} // not JSON: something between answered, and the status has to do
  }
}

function textOf(name: keyof Told, value: unknown): Told {
  return typeof value === 'string' ? { [name]: value } : {}
}
