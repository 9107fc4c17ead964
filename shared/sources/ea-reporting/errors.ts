import { ArchiveError, hasCode } from '../../errors.ts'

/** The final error for a status of the API: what it means here and what to do about it. */
export function statusError(status: number, enrollment: string, url: string): ArchiveError {
  const path = new URL(url).pathname
  switch (status) {
    case 400:
      return new ArchiveError(
        'SOURCE_BAD_REQUEST',
        `400: the source rejects ${path}; check that ${enrollment} is an enrollment number there and that the period exists`,
      )
    case 401:
      return new ArchiveError(
        'SOURCE_UNAUTHORIZED',
        `401: key for enrollment ${enrollment} was refused; put a valid primary or secondary key into the vault (keys last six months)`,
      )
    case 403:
      return new ArchiveError(
        'SOURCE_FORBIDDEN',
        `403: key for enrollment ${enrollment} may not read ${path}; check that "view charges" is on for the enrollment`,
      )
    case 404:
    case 410:
      return new ArchiveError(
        'SOURCE_NOT_FOUND',
        `${status}: the source has no ${path}; check EA_REPORTING_ENDPOINT and the enrollment number`,
      )
    default:
      return new ArchiveError(
        'SOURCE_UNEXPECTED_STATUS',
        `${status}: unexpected answer for ${path}; nothing was stored`,
      )
  }
}

/** The error after the last try of what might have worked. */
export function unavailable(
  what: string,
  url: string,
  tries: number,
  cause?: unknown,
): ArchiveError {
  return new ArchiveError(
    'SOURCE_UNAVAILABLE',
    `${what} for ${new URL(url).pathname}, ${tries} ${tries === 1 ? 'try' : 'tries'}; it is tried again later`,
    { cause },
  )
}

/** The error for a source whose pages have no end. */
export function endless(pages: number): ArchiveError {
  return new ArchiveError('SOURCE_ENDLESS', `nextLink leads on and on after ${pages} pages`)
}

/** A nextLink that the source no longer knows has expired: the part starts over. */
export function expired(error: unknown): never {
  if (hasCode(error, 'SOURCE_BAD_REQUEST', 'SOURCE_NOT_FOUND')) {
    throw new ArchiveError('SOURCE_CHANGED', 'a nextLink expired', { cause: error })
  }
  throw error
}

/** Errors that another try can't mend. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof ArchiveError)) return false
  if (error.code.startsWith('SECRET_')) return true
  return hasCode(error, 'ROWS_TOO_LARGE', 'ROWS_NOT_A_ROW')
}

/** What went wrong, in words, where there was no complete answer. */
export function reasonOf(error: unknown): string {
  if (error instanceof ArchiveError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'network error'
  return `no complete answer (${code})`
}
