/** The rows of a snapshot: some of them, in the form that the caller likes, or all in one file. */
import { datasetNamed, layoutOf } from '../../datasets/catalogue.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, entityTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { acceptedFormat } from './accept.ts'
import { type FoundSnapshot, seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import { asOf, checkColumns, checkedWhere, seriesParams, snapshotNumber } from './parameters.ts'
import { route } from './route.ts'
import { pageOf } from './rows-page.ts'
import { type RowsQuery, rowsQuery } from './rows-query.ts'
import { wholeFile } from './rows-whole.ts'
import * as schemas from './schemas.ts'

const answers = {
  200: {
    description: 'Rows; the header Link leads to the next page',
    content: {
      'application/json': schemas.rows,
      'application/x-ndjson': null,
      'text/csv': null,
    },
  },
  202: {
    description: 'A worker composes the file; ask at the URL in Location',
    content: { 'application/json': schemas.exported },
  },
  307: { description: 'To a blob that holds exactly the answer; the link needs no key' },
  406: {
    description: 'No such media type',
    content: { 'application/problem+json': schemas.problem },
  },
}

export const newestRows = route({
  id: 'newestRows',
  subject: 'Rows',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/rows',
  summary: 'Rows of the newest snapshot, or of the one that was known at a time',
  params: seriesParams,
  query: rowsQuery.omit({ cursor: true }).extend({ asOf }),
  role: 'Archive.Read',
  answers,
  handle: async (deps, { params, query: asked, request }) => {
    const found = await snapshotOf(deps, seriesOf(deps, params), asked)
    return rowsOf(deps, request, found, asked)
  },
})

export const snapshotRows = route({
  id: 'snapshotRows',
  subject: 'Rows',
  method: 'GET',
  path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}/rows',
  summary: 'Rows of one snapshot',
  params: seriesParams.extend({ number: snapshotNumber }),
  query: rowsQuery,
  role: 'Archive.Read',
  answers,
  handle: async (deps, { params, query: asked, request }) => {
    const found = await snapshotOf(deps, seriesOf(deps, params), params)
    return rowsOf(deps, request, found, asked)
  },
})

async function rowsOf(
  deps: HttpDeps,
  request: ApiRequest,
  found: FoundSnapshot,
  query: RowsQuery,
): Promise<ApiResponse> {
  const dataset = datasetNamed(found.snapshot.manifest.dataset)
  const layout = layoutOf(dataset, dataset.rowsVersion)
  const known = layout.columns.map(({ name }) => name)
  checkColumns(known, query.select ?? [], 'select')
  const asked = { ...query, where: checkedWhere(layout, query.where) }
  const as = asked.format ?? acceptedFormat(request)
  const etag = entityTag({
    snapshot: found.snapshot.sha256,
    asked: JSON.stringify(asked),
    as,
    origin: request.url.origin,
    encoding: acceptedEncoding(request),
  })
  const ask = { snapshot: found.snapshot, asked, as }
  return conditional(request, { etag, ...snapshotHeaders(found) }, () =>
    asked.limit === 'all' ? wholeFile(deps, request, ask) : pageOf(deps, request, ask),
  )
}
