import { ArchiveError, type ErrorCode } from '../errors.ts'

/** Maps error codes to statuses; the only place that does. Codes not listed are internal errors: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  NOT_ACCEPTABLE: 406,
  RANGE_NOT_SATISFIABLE: 416,
  TOO_MANY_REQUESTS: 429,
  NOT_READY: 503,
  STORAGE_UNAVAILABLE: 503,
  SOURCE_UNAVAILABLE: 503,
  TENANT_UNAVAILABLE: 503,
}

/**
 * Failures that callers can distinguish, by what they can do about them: the code and the sentence that they
 * get. Details are in the log only.
 */
const SHOWN: Partial<Record<ErrorCode, Pick<Problem, 'code' | 'message'>>> = {
  STORAGE_UNAVAILABLE: {
    code: 'UNAVAILABLE',
    message: "the archive's storage does not answer; try again later",
  },
  SOURCE_UNAVAILABLE: {
    code: 'SOURCE_UNAVAILABLE',
    message:
      'the source does not answer; archived data is still served, try again later for the rest',
  },
  TENANT_UNAVAILABLE: {
    code: 'TENANT_UNAVAILABLE',
    message:
      "the tenant's signing keys are unavailable, so tokens can't be checked; try again later, or send a key of the archive",
  },
  COMPOSITION_FAILED: {
    code: 'COMPOSITION_FAILED',
    message:
      'the answer could not be composed; make the request again in a minute (not its status URL), or report it with its id',
  },
  // So that it is not mistaken for an outage: retrying does not help until the file is repaired.
  FILE_DAMAGED: {
    code: 'FILE_DAMAGED',
    message:
      'a stored file for this answer is damaged and not served; other snapshots and series are not affected',
  },
}

/** The part of an error that callers may see. Internal errors reveal only the request id. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number
}

/** The default delay for retries. */
const RETRY_AFTER_SECONDS = 10

export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof ArchiveError)) return fault(500, requestId, null)
  const status = STATUS[error.code] ?? 500
  // Work in progress is not an error, and has a retry time.
  if (status >= 500 && error.code !== 'NOT_READY') return fault(status, requestId, error.code)
  const { code, message, retryAfterSeconds } = error
  const retryAfter = retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined)
  return { status, code, message, ...(retryAfter === undefined ? {} : { retryAfter }) }
}

const UNEXPECTED = {
  code: 'INTERNAL',
  message: 'unexpected error processing the request',
}

function fault(status: number, requestId: string, cause: ErrorCode | null): Problem {
  const { code, message } = (cause === null ? undefined : SHOWN[cause]) ?? UNEXPECTED
  const retry = status === 503 ? { retryAfter: RETRY_AFTER_SECONDS } : {}
  return { status, code, message: `${message} (request ${requestId})`, ...retry }
}
