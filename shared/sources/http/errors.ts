import { ArchiveError, hasCode } from '../../errors.ts'

/**
 * The error after the last try of a retryable request. Errors about the bytes, or in them, keep their own
 * code. `name`: the request, in words that hold no secret.
 */
export function givenUp(what: string, name: string, tries: number, cause?: unknown): ArchiveError {
  const isNamed =
    cause instanceof ArchiveError &&
    (cause.code.startsWith('ROWS_') || hasCode(cause, 'SOURCE_ERROR'))
  return new ArchiveError(
    isNamed ? cause.code : 'SOURCE_UNAVAILABLE',
    `${what} for ${name}, ${tries} ${tries === 1 ? 'try' : 'tries'}; it will be tried again`,
    { cause },
  )
}

/** The error if the source asks for a longer pause than a request may take. */
export function toldToWait(
  what: string,
  name: string,
  { askedMs, leftMs }: { readonly askedMs: number; readonly leftMs: number },
): ArchiveError {
  return new ArchiveError(
    'SOURCE_UNAVAILABLE',
    `${what} for ${name}: the source asks for a pause of ${seconds(askedMs)}, of which ${seconds(leftMs)} are left, longer than RETRY_BUDGET_SECONDS; it will be tried again`,
  )
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`
}

/** The error for a source whose pages have no end. */
export function endless(pages: number): ArchiveError {
  return new ArchiveError(
    'SOURCE_ENDLESS',
    `stopped after ${pages} pages: nextLink loops or never ends`,
  )
}

/** True for errors that retrying can't fix. */
export function isFinal(error: unknown): error is ArchiveError {
  if (!(error instanceof ArchiveError)) return false
  if (error.code.startsWith('SECRET_')) return true
  return hasCode(error, 'ROWS_TOO_LARGE', 'ROWS_NOT_A_ROW', 'ROWS_HIDDEN', 'SOURCE_BAD_VALUE')
}

/** Why there was no complete answer, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof ArchiveError) return `${error.message} (${error.code})`
  if (!(error instanceof Error)) return 'no complete answer (network error)'
  return `no complete answer (${'code' in error ? String(error.code) : error.message})`
}
