/**
 * Every failure that this program names. The union is closed: callers branch on the code, people read the
 * message, debuggers follow `cause`.
 */
export type ErrorCode =
  // input from the caller or the operator
  | 'BAD_SETTINGS'
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'NOT_ACCEPTABLE'
  | 'RANGE_NOT_SATISFIABLE'
  | 'NOT_READY'
  | 'TOO_MANY_REQUESTS'
  // the tenant whose tokens callers send
  | 'TENANT_UNAVAILABLE'
  // answers of the source
  | 'SOURCE_BAD_REQUEST'
  | 'SOURCE_UNAUTHORIZED'
  | 'SOURCE_FORBIDDEN'
  | 'SOURCE_NOT_FOUND'
  | 'SOURCE_UNAVAILABLE'
  | 'SOURCE_UNEXPECTED_STATUS'
  | 'SOURCE_FOREIGN_LINK'
  | 'SOURCE_CHANGED'
  | 'SOURCE_INTERRUPTED'
  | 'SOURCE_ENDLESS'
  | 'SOURCE_BAD_VALUE'
  | 'SOURCE_ERROR'
  // invalid bytes
  | 'ROWS_INVALID_JSON'
  | 'ROWS_INVALID_UTF8'
  | 'ROWS_CUT'
  | 'ROWS_UNEXPECTED_SHAPE'
  | 'ROWS_TOO_LARGE'
  | 'ROWS_NOT_A_ROW'
  | 'ROWS_HIDDEN'
  // secrets
  | 'SECRET_NOT_FOUND'
  | 'SECRET_UNAVAILABLE'
  // storage
  | 'ALREADY_EXISTS'
  | 'CONDITION_NOT_MET'
  | 'BLOB_NOT_FOUND'
  | 'STORAGE_UNAVAILABLE'
  // the archive itself
  | 'FORMAT_UNSUPPORTED'
  | 'FORMAT_INVALID'
  | 'DIGEST_MISMATCH'
  | 'FILE_DAMAGED'
  | 'SNAPSHOT_CONFLICT'
  | 'CATALOGUE_TOO_OLD'
  | 'ATTEMPTS_EXHAUSTED'
  | 'INVOCATION_ENDED'
  | 'COMPOSITION_FAILED'
  // an archive that is queried over HTTP
  | 'ARCHIVE_UNAVAILABLE'

/** The one error class. Its message says what happened and what to do, and never holds a secret. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
  readonly code: ErrorCode
  /** Seconds after which a retry may succeed; absent if unknown or never. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & RetryAfter) {
    super(message, options)
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}

interface RetryAfter {
  readonly retryAfterSeconds?: number
}

/** True if `error` is an {@link ArchiveError} with one of `codes`. */
export function hasCode(error: unknown, ...codes: ErrorCode[]): error is ArchiveError {
  return error instanceof ArchiveError && codes.includes(error.code)
}

/** A failure as stored in a receipt, a log line or an answer: a code and a sentence. */
export function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof ArchiveError) return { code: error.code, message: error.message }
  if (error instanceof Error) return { code: 'UNEXPECTED', message: error.message }
  return { code: 'UNEXPECTED', message: String(error) }
}
