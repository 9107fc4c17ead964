/** The differences between two snapshots of a series. */
import { z } from 'zod'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import { type DiffDownload, DOWNLOAD_FORMAT } from '../../format/download-request.ts'
import type { Manifest } from '../../format/manifest.ts'
import { pinsOf } from '../../usecases/downloads/pinned-snapshots.ts'
import { contentTypeOf } from '../../usecases/downloads/rows-file.ts'
import { diffDocument } from '../../usecases/read/diff-snapshots.ts'
import type { Snapshot } from '../../usecases/read/read-snapshots.ts'
import type { ApiResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, responseTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { composeOr202, QUOTA_EXCEEDED } from './downloads.ts'
import { seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import {
  decimalsForm,
  limit,
  seriesParams,
  snapshotNumber,
  source,
  type TextDecimals,
  textOf,
} from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

const MAX_CHANGES = 1_000

export const getDiff = route({
  id: 'getDiff',
  subject: 'Totals and differences',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/diff',
  summary: 'Rows added and removed, and totals changed, between two snapshots',
  params: seriesParams,
  query: z.strictObject({
    from: snapshotNumber
      .optional()
      .meta({ description: 'Older snapshot; by default, the one before `to`' }),
    to: snapshotNumber.optional().meta({ description: 'Newer snapshot; by default, the newest' }),
    rows: limit(MAX_CHANGES).meta({ description: 'Maximum number of changed rows to include' }),
    decimals: decimalsForm.optional(),
    source,
  }),
  role: 'Archive.Read',
  responses: {
    429: QUOTA_EXCEEDED,
    200: {
      description: 'Differences',
      headers: ['ETag', 'x-archive-snapshots', 'x-archive-source', 'x-archive-settled'],
      content: { 'application/json': schemas.diff },
    },
    202: {
      description: 'A worker compares the snapshots; poll the URL in Location',
      headers: ['Location', 'Retry-After'],
      content: { 'application/json': schemas.downloadable },
    },
    307: { description: 'Redirects to the composed differences; the link needs no key' },
  },
  handle: async (deps, { params, query, request, caller }) => {
    const series = await seriesOf(deps, params, query)
    const found = await snapshotOf(deps, series, { number: query.to })
    const number = query.from ?? found.snapshot.manifest.number - 1
    if (number === 0)
      throw new ArchiveError(
        'NOT_FOUND',
        'snapshot 1 is the only snapshot, so there is nothing to compare',
      )
    const { snapshot: from } = await snapshotOf(deps, series, { number })
    const to = found.snapshot
    const decimals = textOf(query)
    const etag = responseTag(deps, datasetNamed(params.dataset), {
      from: from.sha256,
      to: to.sha256,
      rows: query.rows ?? 0,
      ...decimals,
      encoding: acceptedEncoding(request),
    })
    return conditional(request, { etag, ...snapshotHeaders(deps, found) }, () => {
      if (rowsToCompare(from.manifest, to.manifest) <= deps.serving.waitRows) {
        return diffResponse(deps, from, to, query.rows ?? 0, decimals)
      }
      const fileName = `diff-${params.dataset}-${params.enrollment}-${params.period}.json`
      const file = { contentType: contentTypeOf('json'), fileName }
      return composeOr202(
        deps,
        { request, caller },
        downloadOf(from, to, query.rows, decimals),
        file,
      )
    })
  },
})

async function diffResponse(
  deps: HttpDeps,
  from: Snapshot,
  to: Snapshot,
  most: number,
  { decimals }: TextDecimals,
): Promise<ApiResponse> {
  const body = await diffDocument(deps.reader, from.manifest, to.manifest, most, decimals)
  return {
    status: 200,
    headers: { 'content-type': contentTypeOf('json') },
    body: [Buffer.from(body)],
  }
}

/** Upper bound of the rows to read: those of the parts that differ, without the files that they share. */
function rowsToCompare(from: Manifest, to: Manifest): number {
  const only = (a: Manifest, b: Manifest): number => {
    const there = new Set(b.parts.map(({ contentSha256 }) => contentSha256))
    const shared = new Set(b.parts.flatMap(({ files }) => files.map(({ path }) => path)))
    return a.parts
      .filter(({ contentSha256 }) => !there.has(contentSha256))
      .flatMap(({ files }) => files)
      .filter(({ format, path }) => format === 'json' && !shared.has(path))
      .reduce((sum, { rows }) => sum + rows, 0)
  }
  return only(from, to) + only(to, from)
}

function downloadOf(
  from: Snapshot,
  to: Snapshot,
  changes: number | undefined,
  decimals: TextDecimals,
): DiffDownload {
  const { source, dataset, enrollment } = to.manifest
  return {
    format: DOWNLOAD_FORMAT,
    kind: 'diff',
    source: source.kind,
    dataset,
    enrollment,
    snapshots: pinsOf([from, to], source.kind),
    where: [],
    ...(changes === undefined ? {} : { changes, ...decimals }),
  }
}
