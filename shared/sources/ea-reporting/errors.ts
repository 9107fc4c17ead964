import { ArchiveError, hasCode } from '../../errors.ts'

/** The name of a request in errors and log lines: its path, and its day if it has one. */
export function named(url: string): string {
  const { pathname, searchParams } = new URL(url)
  const day = searchParams.get('startTime')
  return day === null || !/^[\d-]{1,10}$/.test(day) ? pathname : `${pathname}?startTime=${day}`
}

/**
 * The final error for an HTTP status of the API: its meaning and the remedy. `said`: the source's own text,
 * from `whatItSays`.
 */
export function statusError(
  status: number,
  enrollment: string,
  url: string,
  said: string,
): ArchiveError {
  const what = named(url)
  switch (status) {
    case 400:
      return new ArchiveError(
        'SOURCE_BAD_REQUEST',
        `400: the source rejects ${what}; check that it knows enrollment ${enrollment} and the period${told(said)}`,
      )
    case 401:
      return new ArchiveError(
        'SOURCE_UNAUTHORIZED',
        `401: the key for enrollment ${enrollment} was refused; store a valid primary or secondary key in the vault (keys last six months)${told(said)}`,
      )
    case 403:
      return new ArchiveError(
        'SOURCE_FORBIDDEN',
        `403: the key for enrollment ${enrollment} may not read ${what}; check that "view charges" is on for the enrollment${told(said)}`,
      )
    case 404:
    case 410:
      return new ArchiveError(
        'SOURCE_NOT_FOUND',
        `${status}: the source has no ${what}; check EA_REPORTING_ENDPOINT and the enrollment number${told(said)}`,
      )
    default:
      return new ArchiveError(
        'SOURCE_UNEXPECTED_STATUS',
        `${status}: unexpected answer for ${what}; nothing was stored${told(said)}`,
      )
  }
}

function told(said: string): string {
  return said === '' ? '' : `; it says${said.replace(/^, /, ': ')}`
}

/** A nextLink that the source no longer recognizes has expired: the part starts over. */
export function expired(error: unknown): never {
  if (hasCode(error, 'SOURCE_BAD_REQUEST', 'SOURCE_NOT_FOUND')) {
    throw new ArchiveError('SOURCE_CHANGED', `a nextLink expired: ${error.message}`, {
      cause: error,
    })
  }
  throw error
}
