import type { ErrorCode } from '../shared/errors.ts'

/** Codes of the archive's API that mean the same here. */
const SAME = [
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'NOT_ACCEPTABLE',
  'RANGE_NOT_SATISFIABLE',
  'TOO_MANY_REQUESTS',
  'NOT_READY',
  'SOURCE_UNAVAILABLE',
  'TENANT_UNAVAILABLE',
  'COMPOSITION_FAILED',
  'FILE_DAMAGED',
] as const satisfies readonly ErrorCode[]

/** For answers that are not the archive's own, such as a proxy's. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
}

/** What an error of an archive that is asked over HTTP means here. */
export function remoteCode({
  status,
  code,
}: {
  readonly status: number
  readonly code: string
}): ErrorCode {
  if (code === 'UNAVAILABLE') return 'STORAGE_UNAVAILABLE'
  return SAME.find((same) => same === code) ?? BY_STATUS[status] ?? 'ARCHIVE_UNAVAILABLE'
}
