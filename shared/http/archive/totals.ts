/** Exact sums over billing periods, instead of a file to add up. */
import { z } from 'zod'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError } from '../../errors.ts'
import { DOWNLOAD_FORMAT, type TotalsDownload } from '../../format/download-request.ts'
import { ALL_PERIODS, billingPeriodSchema } from '../../format/series.ts'
import { pinsOf } from '../../usecases/downloads/pinned-snapshots.ts'
import { contentTypeOf } from '../../usecases/downloads/rows-file.ts'
import type { Snapshot } from '../../usecases/read/read-snapshots.ts'
import { BILLING_PERIOD, totalsOf } from '../../usecases/read/totals.ts'
import { unnamedSource } from '../../usecases/resolve-series.ts'
import { jsonResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, responseTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { sourceHeader } from '../named-source.ts'
import { composeOr202, QUOTA_EXCEEDED } from './downloads.ts'
import { archivedDatasets } from './enrollments.ts'
import {
  checkColumns,
  checkedWhere,
  dataset as datasetName,
  enrollment,
  groupBy,
  sum,
  where,
} from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

export const getTotals = route({
  id: 'getTotals',
  subject: 'Totals and differences',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/totals',
  summary:
    'Exact totals over billing periods, grouped by one or two columns, from the newest snapshots',
  params: z.strictObject({ enrollment, dataset: datasetName }),
  query: z.strictObject({
    from: billingPeriodSchema
      .optional()
      .meta({ description: 'First billing period, yyyyMM; by default, the first archived one' }),
    to: billingPeriodSchema
      .optional()
      .meta({ description: 'Last billing period, yyyyMM; by default, the last archived one' }),
    groupBy,
    sum,
    where,
  }),
  role: 'Archive.Read',
  responses: {
    429: QUOTA_EXCEEDED,
    200: {
      description: 'Sums',
      headers: ['ETag', 'x-archive-source'],
      content: { 'application/json': schemas.totals },
    },
    202: {
      description: 'A worker computes the totals; poll the URL in Location',
      headers: ['Location', 'Retry-After'],
      content: { 'application/json': schemas.downloadable },
    },
    307: { description: 'Redirects to the composed totals; the link needs no key' },
  },
  handle: async (deps, { params, query, request, caller }) => {
    const dataset = datasetNamed(params.dataset)
    const { name, rowsVersion } = dataset
    const { definitions: columns, layout } = columnsAt(dataset, rowsVersion)
    const names = columns.map((column) => column.name)
    const decimals = columns.filter(({ decimal }) => decimal === true).map((column) => column.name)
    checkColumns([BILLING_PERIOD, ...names], query.groupBy ?? [], 'groupBy')
    checkColumns(decimals, query.sum ?? [], 'sum')
    if (query.from !== undefined && query.to !== undefined && query.from > query.to) {
      throw new ArchiveError('BAD_REQUEST', `from: ${query.from} is after to=${query.to}`)
    }
    const asked = {
      dataset: name,
      groupBy: query.groupBy ?? [],
      sum: query.sum ?? decimals,
      where: checkedWhere(layout, query.where),
    }
    const snapshots = await snapshotsOf(deps, params, query)
    const etag = responseTag(deps, dataset, {
      snapshots: snapshots.map(({ sha256 }) => sha256),
      asked,
      encoding: acceptedEncoding(request),
    })
    return conditional(request, { etag, ...sourceHeader(deps, snapshots) }, async () => {
      const rows = snapshots.reduce((total, { manifest }) => total + manifest.rowCount, 0)
      if (rows <= deps.serving.waitRows) {
        return jsonResponse(await totalsOf(deps.reader, snapshots, asked))
      }
      const source = snapshots[0]?.manifest.source.kind ?? unnamedSource(deps.archive.sources, name)
      const work: TotalsDownload = {
        format: DOWNLOAD_FORMAT,
        kind: 'totals',
        source,
        enrollment: params.enrollment,
        snapshots: pinsOf(snapshots, source),
        ...asked,
      }
      const fileName = `totals-${name}-${params.enrollment}.json`
      return composeOr202(deps, { request, caller }, work, {
        contentType: contentTypeOf('json'),
        fileName,
      })
    })
  },
})

/** The newest snapshots of the requested periods, oldest period first. */
async function snapshotsOf(
  deps: HttpDeps,
  params: { enrollment: string; dataset: string },
  range: { from?: string | undefined; to?: string | undefined },
): Promise<Snapshot[]> {
  const archived = await archivedDatasets(deps, params.enrollment)
  const periods = [...archived.entries()]
    .filter(([id, names]) => id !== ALL_PERIODS && names.includes(params.dataset))
    .map(([id]) => id)
    .filter((id) => id >= (range.from ?? '') && id <= (range.to ?? '999999'))
    .sort()
  const found = await Promise.all(
    periods.map(async (billingPeriod) =>
      deps.newest(await deps.answering({ ...params, billingPeriod })),
    ),
  )
  const snapshots = found.filter((snapshot) => snapshot !== null)
  if (snapshots.length > 0) return snapshots
  throw new ArchiveError('NOT_FOUND', `no ${params.dataset} of these periods is archived`)
}
