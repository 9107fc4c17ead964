/** The rows of a snapshot: a page in the requested format, or all of them in one file. */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import type { ApiResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, responseTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { acceptedFormat } from './accept.ts'
import { QUOTA_EXCEEDED } from './downloads.ts'
import { type FoundSnapshot, seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import {
  asOf,
  checkColumns,
  checkedWhere,
  seriesParams,
  snapshotNumber,
  source,
} from './parameters.ts'
import { type Ask, type Route, route } from './route.ts'
import { pageOf } from './rows-page.ts'
import { type RowsQuery, rowsQuery } from './rows-query.ts'
import { wholeFile } from './rows-whole.ts'
import * as schemas from './schemas.ts'

const responses: Route['responses'] = {
  429: QUOTA_EXCEEDED,
  200: {
    description: 'Rows; the Link header has the URL of the next page',
    headers: ['ETag', 'Link', 'x-archive-snapshots', 'x-archive-source', 'x-archive-settled'],
    content: {
      'application/json': schemas.rows,
      'application/x-ndjson': null,
      'text/csv': null,
    },
    other: { with: 'limit=all', schema: schemas.rowArray },
  },
  202: {
    description: 'A worker composes the file; poll the URL in Location',
    headers: ['Location', 'Retry-After'],
    content: { 'application/json': schemas.downloadable },
  },
  307: {
    description: 'Redirects to a blob with exactly the requested rows; the link needs no key',
  },
  406: {
    description: 'None of the accepted media types is available',
    content: { 'application/problem+json': schemas.problem },
  },
}

export const newestRows = route({
  id: 'newestRows',
  subject: 'Rows',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/rows',
  summary: 'Rows of the newest snapshot, or of the newest one at a given time',
  params: seriesParams,
  query: rowsQuery.omit({ cursor: true }).extend({ asOf, source }),
  role: 'Archive.Read',
  responses,
  handle: async (deps, ask) => {
    const series = await seriesOf(deps, ask.params, ask.query)
    const found = await snapshotOf(deps, series, ask.query)
    return rowsOf(deps, ask, found)
  },
})

export const snapshotRows = route({
  id: 'snapshotRows',
  subject: 'Rows',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}/rows',
  summary: 'Rows of one snapshot',
  params: seriesParams.extend({ number: snapshotNumber }),
  query: rowsQuery.extend({ source }),
  role: 'Archive.Read',
  responses,
  handle: async (deps, ask) => {
    const series = await seriesOf(deps, ask.params, ask.query)
    const found = await snapshotOf(deps, series, ask.params)
    return rowsOf(deps, ask, found)
  },
})

async function rowsOf(
  deps: HttpDeps,
  whole: Ask<unknown, RowsQuery>,
  found: FoundSnapshot,
): Promise<ApiResponse> {
  const { query, request } = whole
  const dataset = datasetNamed(found.snapshot.manifest.dataset)
  const layout = columnsAt(dataset, dataset.rowsVersion).layout
  const known = layout.columns.map(({ name }) => name)
  checkColumns(known, query.select ?? [], 'select')
  const asked = { ...query, where: checkedWhere(layout, query.where) }
  const as = asked.format ?? acceptedFormat(request)
  const etag = responseTag(deps, dataset, {
    snapshot: found.snapshot.sha256,
    asked,
    as,
    url: request.url.href,
    encoding: acceptedEncoding(request),
  })
  const ask = { snapshot: found.snapshot, asked, as }
  return conditional(request, { etag, ...snapshotHeaders(deps, found) }, () =>
    asked.limit === 'all' ? wholeFile(deps, whole, ask) : pageOf(deps, request, ask),
  )
}
