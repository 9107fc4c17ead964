import { ArchiveError, type ErrorCode } from '../errors.ts'

/** The one place where an error code becomes a status. What is not here is our fault: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  STORAGE_UNAVAILABLE: 503,
  SOURCE_UNAVAILABLE: 503,
}

/** What a caller may know of an error. A fault of ours shows its id and nothing else. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
}

export function problemOf(error: unknown, requestId: string): Problem {
  const status = error instanceof ArchiveError ? (STATUS[error.code] ?? 500) : 500
  if (status < 500 && error instanceof ArchiveError) {
    return { status, code: error.code, message: error.message }
  }
  const message =
    status === 503
      ? `the archive's storage does not answer; try again later (request ${requestId})`
      : `unexpected error processing the request (request ${requestId})`
  return { status, code: status === 503 ? 'UNAVAILABLE' : 'INTERNAL', message }
}
