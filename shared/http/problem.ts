import { ArchiveError, type ErrorCode } from '../errors.ts'

/** The one place where an error code becomes a status. What is not here is our fault: 500. */
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

/** What a caller may know of an error. A fault of ours shows its id and nothing else. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
  /** Seconds after which it is worth to ask again. */
  readonly retryAfter?: number
}

/** After so long it is worth to ask again for what was not to be had. */
const RETRY_AFTER_SECONDS = 10

export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof ArchiveError)) return fault(500, requestId)
  const status = STATUS[error.code] ?? 500
  if (error.code === 'FILE_DAMAGED') return damaged(requestId)
  // Work that is under way is no fault, and says when to come again.
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

/** Named, so that nobody takes it for an outage: asking again gives the same until somebody repairs the file. */
function damaged(requestId: string): Problem {
  return {
    status: 500,
    code: 'FILE_DAMAGED',
    message: `a stored file of this answer is damaged, so nothing of it is given; other snapshots and series are not touched by this (request ${requestId})`,
  }
}
