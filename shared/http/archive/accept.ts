import { ArchiveError } from '../../errors.ts'
import type { RowFormat } from '../../rows/row-selector.ts'
import type { ApiRequest } from '../api-message.ts'
import { qualityOf } from '../encoding.ts'

/** Media types of rows; the first is the default for callers that accept anything. */
const MEDIA_TYPES: readonly (readonly [type: string, format: RowFormat])[] = [
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['text/csv', 'csv'],
]

/** The format of rows that the caller prefers, by `Accept` (RFC 9110, 12.5.1). Throws `NOT_ACCEPTABLE`. */
export function acceptedFormat(request: Pick<ApiRequest, 'header'>): RowFormat {
  const accept = request.header('accept')
  if (accept === null || accept.trim() === '') return 'json'
  const ranges = accept.split(',').map((item) => {
    const [range = '', ...parameters] = item.split(';')
    return { range: range.trim().toLowerCase(), quality: qualityOf(parameters) }
  })
  let best: { format: RowFormat; quality: number } | null = null
  for (const [type, format] of MEDIA_TYPES) {
    const quality = qualityFor(type, ranges)
    if (quality > (best?.quality ?? 0)) best = { format, quality }
  }
  if (best !== null) return best.format
  const types = MEDIA_TYPES.map(([type]) => type).join(', ')
  throw new ArchiveError('NOT_ACCEPTABLE', `rows come as ${types}`)
}

/** The most specific matching range decides. */
function qualityFor(type: string, ranges: readonly { range: string; quality: number }[]): number {
  for (const wanted of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === wanted)
    if (found !== undefined) return found.quality
  }
  return 0
}
