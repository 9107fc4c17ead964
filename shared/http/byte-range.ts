/** Byte ranges (RFC 9110, 14): one range; a request for several gets the full answer, which is allowed. */
import { ArchiveError } from '../errors.ts'
import type { ApiRequest } from './api-message.ts'

export interface ByteRange {
  readonly first: number
  /** Inclusive. */
  readonly last: number
}

/**
 * The range that a request asks for, out of `bytes` bytes with the ETag `etag`; null for all of them. Throws
 * `RANGE_NOT_SATISFIABLE` if the range is outside.
 */
export function requestedRange(
  request: Pick<ApiRequest, 'header'>,
  bytes: number,
  etag: string,
): ByteRange | null {
  const ifRange = request.header('if-range')
  if (ifRange !== null && ifRange !== etag) return null
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(request.header('range')?.trim() ?? '')
  if (match === null) return null
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return null
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from)
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null // not a range
  if (first > last || first >= bytes) {
    throw new ArchiveError('RANGE_NOT_SATISFIABLE', `there are ${bytes} bytes`)
  }
  return { first, last }
}

/** `Content-Range` for a part of `bytes` bytes. */
export function contentRange({ first, last }: ByteRange, bytes: number): string {
  return `bytes ${first}-${last}/${bytes}`
}

/** `Content-Range` for an unsatisfiable range of `bytes` bytes. */
export function unsatisfiedRange(bytes: number): string {
  return `bytes */${bytes}`
}
