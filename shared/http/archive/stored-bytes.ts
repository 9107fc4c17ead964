/** Answers that are stored bytes: all of them, or a range. */
import { ArchiveError, hasCode } from '../../errors.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import { type ByteRange, contentRange, requestedRange, unsatisfiedRange } from '../byte-range.ts'
import { conditional } from '../etag.ts'
import { problemOf } from '../problem.ts'
import { problemResponse } from './archive-problem.ts'

/** Stored bytes to answer with. */
export interface ServedFile {
  readonly bytes: number
  readonly sha256: string
  readonly headers: Readonly<Record<string, string>>
  readonly read: (offset: number, length: number) => Promise<Buffer>
}

/** Stored bytes, all or a range of them, with the digest of all (RFC 9530). */
export async function fileResponse(request: ApiRequest, file: ServedFile): Promise<ApiResponse> {
  const etag = `"${file.sha256}"`
  const digest = Buffer.from(file.sha256, 'hex').toString('base64')
  const headers = {
    ...file.headers,
    etag,
    'accept-ranges': 'bytes',
    'repr-digest': `sha-256=:${digest}:`,
  }
  return conditional(request, headers, async () => {
    const range = rangeOr416(request, file.bytes, etag)
    if (range === null) {
      const whole = await file.read(0, file.bytes)
      if (sha256(whole) === file.sha256) return { status: 200, headers: {}, body: [whole] }
      throw new ArchiveError(
        'FILE_DAMAGED',
        `${request.url.pathname} does not match the digest in its snapshot: run \`billing-archive verify\``,
      )
    }
    if ('status' in range) return range
    const body = [await file.read(range.first, range.last - range.first + 1)]
    return { status: 206, headers: { 'content-range': contentRange(range, file.bytes) }, body }
  })
}

/** The requested range, or a 416 with the total size (RFC 9110, 15.5.17) if it is not satisfiable. */
function rangeOr416(
  request: ApiRequest,
  bytes: number,
  etag: string,
): ByteRange | ApiResponse | null {
  try {
    return requestedRange(request, bytes, etag)
  } catch (error) {
    if (!hasCode(error, 'RANGE_NOT_SATISFIABLE')) throw error
    const problem = problemOf(error, request.id)
    return problemResponse(problem, { 'content-range': unsatisfiedRange(bytes) })
  }
}
