import { ArchiveError } from '../../errors.ts'
import type { DownloadStatus } from '../../format/download-request.ts'

/**
 * Why an answer could not be composed: `BAD_REQUEST` if a different query would succeed, else
 * `COMPOSITION_FAILED`.
 */
export function compositionFailed(failure: DownloadStatus['failure']): ArchiveError {
  const why = `${failure?.code}: ${failure?.message}`
  if (failure?.code === 'BAD_REQUEST') return new ArchiveError('BAD_REQUEST', failure.message)
  return new ArchiveError('COMPOSITION_FAILED', `the answer could not be composed: ${why}`)
}
