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
  if (!(error instanceof ArchiveError)) return fault(500, requestId)
  const status = STATUS[error.code] ?? 500
  if (error.code === 'FILE_DAMAGED') return damaged(requestId)
  // Work in progress is not an error, and says when to come back.
  if (status >= 500 && error.code !== 'NOT_READY') return fault(status, requestId)
  const { code, message, retryAfterSeconds } = error
  const retryAfter = retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined)
  return { status, code, message, ...(retryAfter === undefined ? {} : { retryAfter }) }
}

function fault(status: number, requestId: string): Problem {
  return status === 503
    ? {
        status,
        code: 'UNAVAILABLE',
        message: `the archive's storage does not answer; try again later (request ${requestId})`,
        retryAfter: RETRY_AFTER_SECONDS,
      }
    : {
        status,
        code: 'INTERNAL',
        message: `unexpected error processing the request (request ${requestId})`,
      }
}

/**
 * A named error, so that it is not mistaken for an outage: retrying does not help until the file is repaired.
 */
function damaged(requestId: string): Problem {
  return {
    status: 500,
    code: 'FILE_DAMAGED',
    message: `a stored file of this answer is damaged, so nothing of it is given; other snapshots and series are not touched by this (request ${requestId})`,
  }
}
