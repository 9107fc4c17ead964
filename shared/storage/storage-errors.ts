import { RestError } from '@azure/storage-blob'
import { ArchiveError } from '../errors.ts'

/** Status and service code of a storage error, or null for any other. */
interface Refusal {
  /** 0 if there was no answer. */
  readonly status: number
  readonly code: string
  readonly date: string | null
  /** The account that was asked; the rest of the URL may contain a signature. */
  readonly host: string
}

function restError(error: unknown): Refusal | null {
  // Matched by name, not by class, because two copies of the SDK's core may be loaded.
  if (!(error instanceof Error) || error.name !== 'RestError') return null
  const rest = error as RestError
  return {
    status: rest.statusCode ?? 0,
    // The answer to a HEAD has no body: its code is in a header only.
    code: rest.code ?? rest.response?.headers.get('x-ms-error-code') ?? '',
    date: rest.response?.headers.get('date') ?? null,
    host: URL.parse(rest.request?.url ?? '')?.host ?? 'storage',
  }
}

/** True if the service answered that the blob does not exist. */
export function isNotFound(error: unknown): boolean {
  const rest = restError(error)
  return rest?.status === 404 && rest.code === 'BlobNotFound'
}

/** True if a condition of the request was not met, or one of the named blocks is gone. */
export function isConflict(error: unknown): boolean {
  const rest = restError(error)
  return rest !== null && (rest.status === 412 || rest.status === 409 || isGoneBlock(rest))
}

function isGoneBlock({ code }: Refusal): boolean {
  return code === 'InvalidBlockList'
}

/** The service's clock in an error's answer; rethrows the error if it has none. */
export function dateOfError(error: unknown): Date {
  const date = restError(error)?.date
  if (date == null) throw error
  return new Date(date)
}

/**
 * Translates an SDK error. `conflict` is what a failed condition means to the caller. The SDK's message is
 * kept only as `cause`, because it may contain URLs.
 */
export function storageError(
  cause: unknown,
  what: string,
  conflict: 'ALREADY_EXISTS' | 'CONDITION_NOT_MET' = 'CONDITION_NOT_MET',
): ArchiveError {
  if (cause instanceof ArchiveError) return cause
  const rest = restError(cause)
  if (rest === null)
    return new ArchiveError('STORAGE_UNAVAILABLE', `${what}: ${whyOf(cause)}`, { cause })
  const { status, code, host } = rest
  if (isConflict(cause)) {
    return new ArchiveError(conflict, `${what}: ${code || status}`, { cause })
  }
  if (code === 'ContainerNotFound' || code === 'QueueNotFound') {
    return new ArchiveError(
      'STORAGE_UNAVAILABLE',
      `${what}: ${host} has no such container or queue: check the account's name (the deployment creates them; views have an account of their own, --view-account)`,
      { cause },
    )
  }
  if (code === 'BlobNotFound')
    return new ArchiveError('BLOB_NOT_FOUND', `${what}: not found`, { cause })
  if (status === 403 || status === 401) {
    return new ArchiveError(
      'STORAGE_UNAVAILABLE',
      `${what}: ${host} refused access (${code || status}): ${refusedTodo(code)}`,
      { cause },
    )
  }
  const said =
    status === 0
      ? `no answer from ${host} (${noAnswer(code)})`
      : `${host} answered ${code || status}: try again, and check the account if this persists`
  return new ArchiveError('STORAGE_UNAVAILABLE', `${what}: ${said}`, { cause })
}

/**
 * Remedies for refusals, by the service's documented codes. Source:
 * learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes and
 * …/authorize-with-azure-active-directory.
 */
function refusedTodo(code: string): string {
  switch (code) {
    case 'AuthorizationFailure':
      return "its firewall may block this network, or the identity lacks a role: check the account's networking first"
    case 'InvalidAuthenticationInfo':
    case 'AuthenticationFailed':
      return 'it rejected the token: run "az login" for the tenant of the account, and check this machine\'s clock'
    default:
      return "check the identity's roles on the account: Storage Blob Data Reader to read, Storage Blob Data Contributor to write"
  }
}

/** Describes a failed connection, from the system's error code. */
function noAnswer(code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${code}: no such host, or no DNS: check the account's name`
  if (code === 'ECONNREFUSED')
    return `${code}: nothing listens there: check that the archive is running`
  const todo = "check the network and the account's firewall"
  return code === '' ? `time-out: ${todo}` : `${code}: ${todo}`
}

/** Describes a failure before any request was sent: usually there is no identity. */
function whyOf(cause: unknown): string {
  const { name = '', message = '' } = cause instanceof Error ? cause : {}
  if (/Credential|Authentication/.test(name)) {
    return `no identity for storage (${name}): run "az login", or give the app a managed identity`
  }
  // Only the first line, without addresses; the cause has the rest.
  const [line = ''] = message.replace(/https?:\/\/\S+/g, '…').split('\n')
  return `the request failed (${name}${line === '' ? '' : `: ${line.slice(0, 200)}`})`
}
