/** Byte ranges (RFC 9110, 14): one range; a request for several gets the full answer, which is allowed. */
import { parse } from 'range-parser'
import { ArchiveError } from '../errors.ts'
import type { ApiRequest } from './api-message.ts'

export interface ByteRange {
  readonly first: number
  /** Inclusive. */
  readonly last: number
}

/** Bits of the parser's code. Source: the README of range-parser 2. */
const INVALID = 1
const OUTSIDE = 2

/**
 * The range that a request asks for, out of `bytes` bytes with the ETag `etag`; null for all of them, also
 * for a header that is not a byte range. Throws `RANGE_NOT_SATISFIABLE` if the range is outside.
 */
export function requestedRange(
  request: Pick<ApiRequest, 'header'>,
  bytes: number,
  etag: string,
): ByteRange | null {
  const ifRange = request.header('if-range')
  const header = request.header('range')?.trim()
  if (header === undefined || header.includes(',')) return null
  if (ifRange !== null && ifRange !== etag) return null
  const { code, type, ranges } = parse(bytes, header)
  if (type !== 'bytes' || (code & INVALID) !== 0) return null
  if (ranges.length === 0 && (code & OUTSIDE) !== 0) {
    throw new ArchiveError('RANGE_NOT_SATISFIABLE', `the answer has ${bytes} bytes`)
  }
  const [range] = ranges
  return range === undefined ? null : { first: range.start, last: range.end }
}

/** `Content-Range` for a part of `bytes` bytes. */
export function contentRange({ first, last }: ByteRange, bytes: number): string {
  return `bytes ${first}-${last}/${bytes}`
}

/** `Content-Range` for an unsatisfiable range of `bytes` bytes. */
export function unsatisfiedRange(bytes: number): string {
  return `bytes */${bytes}`
}
