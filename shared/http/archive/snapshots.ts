/** The history of a series: its snapshots, their manifests, and the files that they name. */

import { z } from 'zod'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import { CONTENT_TYPES } from '../../format/content-types.ts'
import { manifestName } from '../../format/layout.ts'
import { partKeySchema, type Series, seriesLabel } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { readSnapshot, type Snapshot, snapshotNumbers } from '../../usecases/read/read-snapshots.ts'
import { type ApiRequest, type ApiResponse, jsonResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import { type ByteRange, contentRange, requestedRange, unsatisfiedRange } from '../byte-range.ts'
import { acceptedEncoding } from '../encoding.ts'
import { answerTag, conditional } from '../etag.ts'
import { problemOf } from '../problem.ts'
import { toPartFile } from '../redirect.ts'
import { problemResponse } from './archive-problem.ts'
import { seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import { nextHeader, seriesUrl } from './links.ts'
import { limit, seriesParams, snapshotNumber } from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

const MAX_HISTORY = 200
const DEFAULT_HISTORY = 50

export const listSnapshots = route({
  id: 'listSnapshots',
  subject: 'History',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots',
  summary: 'All snapshots of a series, newest first',
  params: seriesParams,
  query: z.strictObject({
    limit: limit(MAX_HISTORY),
    before: snapshotNumber.optional().meta({ description: 'Only snapshots with lower numbers' }),
  }),
  role: 'Archive.Read',
  answers: {
    200: {
      description: 'History',
      headers: ['ETag', 'Link'],
      content: { 'application/json': schemas.snapshots },
    },
  },
  handle: async (deps, { params, query, request }) => {
    const series = seriesOf(deps, params)
    const all = await snapshotNumbers(deps.reader, series)
    if (all.length === 0) {
      throw new ArchiveError('NOT_FOUND', `there is no snapshot of ${seriesLabel(series)}`)
    }
    const older = all.filter((number) => number < (query.before ?? Infinity)).toReversed()
    const numbers = older.slice(0, query.limit ?? DEFAULT_HISTORY)
    const last = numbers.at(-1)
    const next =
      last === undefined || older.length === numbers.length
        ? null
        : seriesUrl(request.url, series, 'snapshots', {
            before: String(last),
            ...(query.limit === undefined ? {} : { limit: String(query.limit) }),
          })
    const etag = answerTag(deps, datasetNamed(series.dataset), {
      numbers,
      next,
      url: request.url.href,
      encoding: acceptedEncoding(request),
    })
    return conditional(request, { etag, ...nextHeader(next) }, async () => {
      const found = await Promise.all(
        numbers.map((number) => readSnapshot(deps.reader, series, number)),
      )
      const { dataset, enrollment, billingPeriod } = series
      return jsonResponse({
        dataset,
        enrollment,
        billingPeriod,
        snapshots: found
          .filter((snapshot) => snapshot !== null)
          .map((snapshot) => summaryOf(request.url, series, snapshot)),
        next,
      })
    })
  },
})

function summaryOf(base: URL, series: Series, { manifest, sha256 }: Snapshot) {
  const { number, takenAt, settled, rowCount, totals, contentSha256 } = manifest
  return {
    number,
    takenAt,
    settled,
    rowCount,
    totals,
    contentSha256,
    sha256,
    manifest: seriesUrl(base, series, `snapshots/${number}`),
    rows: seriesUrl(base, series, `snapshots/${number}/rows`),
  }
}

const oneSnapshot = seriesParams.extend({ number: snapshotNumber })

export const getManifest = route({
  id: 'getManifest',
  subject: 'History',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}',
  summary: 'The manifest of a snapshot, byte for byte',
  params: oneSnapshot,
  query: z.strictObject({}),
  role: 'Archive.Read',
  answers: {
    200: {
      description: 'Manifest',
      headers: ['ETag', 'Repr-Digest', 'x-archive-snapshots', 'x-archive-settled'],
      content: { 'application/json': schemas.manifest },
    },
    206: { description: 'The requested bytes', content: { 'application/json': null } },
    416: { description: 'The range is outside the file; Content-Range has the size' },
  },
  handle: async (deps, { params, request }) => {
    const series = seriesOf(deps, params)
    const found = await snapshotOf(deps, series, params)
    const { bytes } = await deps.reader.read(manifestName(series, params.number))
    const manifest = bytes as Buffer // it was just read
    return fileResponse(request, {
      bytes: manifest.length,
      sha256: found.snapshot.sha256,
      headers: {
        ...snapshotHeaders(found),
        'content-type': 'application/json',
      },
      read: async (offset, length) => manifest.subarray(offset, offset + length),
    })
  },
})

export const getPartFile = route({
  id: 'getPartFile',
  subject: 'History',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}/files/{part}/{file}',
  summary: 'A file of a snapshot, byte for byte; large files by redirect',
  params: oneSnapshot.extend({
    part: partKeySchema.meta({ description: 'all, or a usage day as yyyy-MM-dd' }),
    file: z
      .string()
      .regex(/^[a-z0-9-]{8,64}\.(json\.gz|csv|index\.json)$/)
      .meta({ description: 'Name of the file: the last segment of its path in the manifest' }),
  }),
  query: z.strictObject({}),
  role: 'Archive.Read',
  answers: {
    200: {
      description: 'The file',
      headers: ['ETag', 'Repr-Digest', 'x-archive-snapshots', 'x-archive-settled'],
      content: { 'application/gzip': null, 'text/csv': null, 'application/json': null },
    },
    206: {
      description: 'The requested bytes',
      content: { 'application/gzip': null, 'text/csv': null, 'application/json': null },
    },
    307: { description: 'Redirects to the file in storage; the link needs no key' },
    416: { description: 'The range is outside the file; Content-Range has the size' },
  },
  handle: async (deps, { params, request }) => {
    const found = await snapshotOf(deps, seriesOf(deps, params), params)
    const files = found.snapshot.manifest.parts
      .filter(({ key }) => key === params.part)
      .flatMap((part) => part.files)
    const file = files.find(({ path }) => path.endsWith(`/${params.file}`))
    if (file === undefined) {
      throw new ArchiveError('NOT_FOUND', `the snapshot has no file ${params.file} of this part`)
    }
    const contentType = CONTENT_TYPES[file.format]
    if (file.bytes > deps.serving.redirectOverBytes) {
      return toPartFile(deps, file, { contentType, fileName: params.file })
    }
    return fileResponse(request, {
      bytes: file.bytes,
      sha256: file.sha256,
      headers: {
        ...snapshotHeaders(found),
        'content-type': contentType,
        ...(file.format === 'csv' ? attachment(params.file) : {}),
      },
      read: (offset, length) => deps.reader.readRange(file.path, offset, length),
    })
  },
})

interface ServedFile {
  readonly bytes: number
  readonly sha256: string
  readonly headers: Readonly<Record<string, string>>
  readonly read: (offset: number, length: number) => Promise<Buffer>
}

/** Stored bytes, all or a range of them, with the digest of all (RFC 9530). */
async function fileResponse(request: ApiRequest, file: ServedFile): Promise<ApiResponse> {
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
