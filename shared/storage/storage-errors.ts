import { RestError } from '@azure/storage-blob'
import { ArchiveError } from '../errors.ts'

/** Status and service code of a storage error, or null for any other. */
function restError(error: unknown): { status: number; code: string; date: string | null } | null {
  // Matched by name, not by class: two copies of the SDK's core may be loaded.
  if (!(error instanceof Error) || error.name !== 'RestError') return null
  const rest = error as RestError
  return {
    status: rest.statusCode ?? 0,
    // The answer to a HEAD has no body: its code stands in a header alone.
    code: rest.code ?? rest.response?.headers.get('x-ms-error-code') ?? '',
    date: rest.response?.headers.get('date') ?? null,
  }
}

/** True if the service said that there is no such blob. */
export function isNotFound(error: unknown): boolean {
  const rest = restError(error)
  return rest?.status === 404 && rest.code === 'BlobNotFound'
}

/** The service's clock in an error's answer; throws the error itself if it came without one. */
export function dateOfError(error: unknown): Date {
  const date = restError(error)?.date
  if (date == null) throw error
  return new Date(date)
}

/**
 * The named error for what the SDK threw. `conflict` is what a refused condition means to the caller.
 * The SDK's message goes along as `cause` only: it may hold URLs.
 */
export function storageError(
  cause: unknown,
  what: string,
  conflict: 'ALREADY_EXISTS' | 'CONDITION_NOT_MET' = 'CONDITION_NOT_MET',
): ArchiveError {
  if (cause instanceof ArchiveError) return cause
  const rest = restError(cause)
  if (rest === null) return new ArchiveError('STORAGE_UNAVAILABLE', `${what} failed`, { cause })
  const { status, code } = rest
  if (status === 412 || status === 409 || code === 'InvalidBlockList') {
    return new ArchiveError(conflict, `${what}: ${code || status}`, { cause })
  }
  if (code === 'ContainerNotFound' || code === 'QueueNotFound') {
    return new ArchiveError(
      'STORAGE_UNAVAILABLE',
      `${what}: its container or queue does not exist; the deployment makes them`,
      { cause },
    )
  }
  if (code === 'BlobNotFound')
    return new ArchiveError('BLOB_NOT_FOUND', `${what}: not found`, { cause })
  if (status === 403 || status === 401) {
    return new ArchiveError(
      'STORAGE_UNAVAILABLE',
      `${what}: storage refused us (${code || status}); check the identity's roles on the account`,
      { cause },
    )
  }
  return new ArchiveError('STORAGE_UNAVAILABLE', `${what}: ${code || status || 'no answer'}`, {
    cause,
  })
}
