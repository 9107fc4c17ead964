import Negotiator from 'negotiator'
import { ArchiveError } from '../../errors.ts'
import type { RowFormat } from '../../rows/select/row-selector.ts'
import type { ApiRequest } from '../api-message.ts'

/** Media types of rows; the first is the default for callers that accept anything. */
const FORMATS: Readonly<Record<string, RowFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
}
const MEDIA_TYPES = Object.keys(FORMATS)

/** The format of rows that the caller prefers, by `Accept` (RFC 9110, 12.5.1). Throws `NOT_ACCEPTABLE`. */
export function acceptedFormat(request: Pick<ApiRequest, 'header'>): RowFormat {
  const accept = withoutParameters(request.header('accept')?.trim() || '*/*')
  const type = new Negotiator({ headers: { accept } }).mediaType(MEDIA_TYPES)
  const format = type === undefined ? undefined : FORMATS[type]
  if (format !== undefined) return format
  throw new ArchiveError('NOT_ACCEPTABLE', `rows are available as ${MEDIA_TYPES.join(', ')}`)
}

/**
 * The ranges with their weights only: clients send `charset`, `header` or `odata` there, which do not change what
 * they get.
 */
function withoutParameters(accept: string): string {
  return accept.replace(/;\s*(?!q\s*=)[^\s=;,]+\s*(?:=\s*(?:"(?:\\.|[^"\\])*"|[^;,]*))?/gi, '')
}
