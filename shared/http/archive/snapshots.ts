/** The history of a series: its snapshots, their manifests, and the files that they name. */

import { z } from 'zod'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import { CONTENT_TYPES } from '../../format/content-types.ts'
import { manifestName } from '../../format/layout.ts'
import { partKeySchema, seriesLabel } from '../../format/series.ts'
import { readSnapshot, type Snapshot, snapshotNumbers } from '../../usecases/read/read-snapshots.ts'
import { jsonResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, responseTag } from '../etag.ts'
import { namedSource } from '../named-source.ts'
import { toPartFile } from '../redirect.ts'
import { seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import { nextHeader, seriesUrl } from './links.ts'
import { limit, seriesParams, snapshotNumber, source } from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'
import { fileResponse } from './stored-bytes.ts'

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
    source,
  }),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'History',
      headers: ['ETag', 'Link'],
      content: { 'application/json': schemas.snapshots },
    },
  },
  handle: async (deps, { params, query, request }) => {
    const { series } = await seriesOf(deps, params, query)
    const named = namedSource(deps, series)
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
            ...named,
            before: String(last),
            ...(query.limit === undefined ? {} : { limit: String(query.limit) }),
          })
    const etag = responseTag(deps, datasetNamed(series.dataset), {
      ...named,
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
        ...named,
        dataset,
        enrollment,
        billingPeriod,
        snapshots: found
          .filter((snapshot) => snapshot !== null)
          .map((snapshot) => summaryOf(request.url, snapshot, named)),
        next,
      })
    })
  },
})

function summaryOf(base: URL, { manifest, sha256 }: Snapshot, named: Record<string, string>) {
  const { number, takenAt, settled, rowCount, totals, contentSha256 } = manifest
  return {
    number,
    takenAt,
    settled,
    rowCount,
    totals,
    contentSha256,
    sha256,
    manifest: seriesUrl(base, manifest, `snapshots/${number}`, named),
    rows: seriesUrl(base, manifest, `snapshots/${number}/rows`, named),
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
  query: z.strictObject({ source }),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'Manifest',
      headers: [
        'ETag',
        'Repr-Digest',
        'x-archive-snapshots',
        'x-archive-source',
        'x-archive-settled',
      ],
      content: { 'application/json': schemas.manifest },
    },
    206: { description: 'The requested bytes', content: { 'application/json': null } },
    416: { description: 'The range is outside the file; Content-Range has the size' },
  },
  handle: async (deps, { params, query, request }) => {
    const asked = await seriesOf(deps, params, query)
    const found = await snapshotOf(deps, asked, params)
    const { bytes } = await deps.reader.read(manifestName(asked.series, params.number))
    const manifest = bytes as Buffer // it was just read
    return fileResponse(request, {
      bytes: manifest.length,
      sha256: found.snapshot.sha256,
      headers: {
        ...snapshotHeaders(deps, found),
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
  query: z.strictObject({ source }),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'The file',
      headers: [
        'ETag',
        'Repr-Digest',
        'x-archive-snapshots',
        'x-archive-source',
        'x-archive-settled',
      ],
      content: { 'application/gzip': null, 'text/csv': null, 'application/json': null },
    },
    206: {
      description: 'The requested bytes',
      content: { 'application/gzip': null, 'text/csv': null, 'application/json': null },
    },
    307: { description: 'Redirects to the file in storage; the link needs no key' },
    416: { description: 'The range is outside the file; Content-Range has the size' },
  },
  handle: async (deps, { params, query, request }) => {
    const found = await snapshotOf(deps, await seriesOf(deps, params, query), params)
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
        ...snapshotHeaders(deps, found),
        'content-type': contentType,
        ...(file.format === 'csv' ? attachment(params.file) : {}),
      },
      read: (offset, length) => deps.reader.readRange(file.path, offset, length),
    })
  },
})
