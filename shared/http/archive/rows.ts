/** The rows of a snapshot: some of them, in the form that the caller likes, or all in one file. */
import { z } from 'zod'
import { datasetNamed, layoutOf } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import { type RowFormat, type RowSelection, rowSelector } from '../../rows/row-selector.ts'
import { EXPORT_FORMAT, type RowsExport } from '../../snapshots/export-request.ts'
import { segmentsOf } from '../../snapshots/part-record.ts'
import { pinsOf } from '../../usecases/exports/pinned-snapshots.ts'
import { contentTypeOf, isWholeCsv } from '../../usecases/exports/rows-file.ts'
import type { Snapshot } from '../../usecases/read-snapshots.ts'
import {
  NO_LIMITS,
  type PageLimits,
  type Position,
  START,
  servePage,
} from '../../usecases/serve-rows.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, entityTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toPartFile } from '../redirect.ts'
import { acceptedFormat } from './accept.ts'
import { composeOr202 } from './exports.ts'
import { type FoundSnapshot, seriesOf, snapshotHeaders, snapshotOf } from './find-series.ts'
import { nextHeader, seriesUrl } from './links.ts'
import {
  asOf,
  checkColumns,
  format,
  select,
  seriesParams,
  snapshotNumber,
  where,
} from './parameters.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

const MAX_ROWS = 5_000
const DEFAULT_ROWS = 1_000

/** Blocks that one request looks at, where the conditions leave few rows. */
const MAX_BLOCKS = 50

/** Ends a page before it gets too large for an answer. */
const MAX_PAGE_BYTES = 6 * 1024 * 1024

const query = z.strictObject({
  format,
  select,
  where,
  limit: z
    .string()
    .regex(/^(all|[1-9]\d{0,3})$/, `all, or a whole number up to ${MAX_ROWS}`)
    .transform((text) => (text === 'all' ? text : Number(text)))
    .refine((value) => value === 'all' || value <= MAX_ROWS, `${MAX_ROWS} at most`)
    .optional()
    .meta({
      description: `Rows of a page, ${DEFAULT_ROWS} if absent; all: the whole answer as one file`,
    }),
  cursor: z
    .string()
    .regex(/^\d{1,7}-\d{1,7}-\d{1,7}$/, 'what a link to the next page holds')
    .optional()
    .meta({ description: 'Where the page begins, from a link to it' }),
})

type RowsQuery = z.output<typeof query>

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
  query: query.omit({ cursor: true }).extend({ asOf }),
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
  query,
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
  asked: RowsQuery,
): Promise<ApiResponse> {
  const { dataset } = found.snapshot.manifest
  const known = layoutOf(datasetNamed(dataset)).columns.map(({ name }) => name)
  checkColumns(known, asked.select ?? [], 'select')
  checkColumns(
    known,
    (asked.where ?? []).map(({ column }) => column),
    'where',
  )
  const as = asked.format ?? acceptedFormat(request)
  const etag = entityTag({
    snapshot: found.snapshot.sha256,
    asked: JSON.stringify(asked),
    as,
    origin: request.url.origin,
    encoding: acceptedEncoding(request),
  })
  return conditional(request, { etag, ...snapshotHeaders(found) }, () =>
    asked.limit === 'all'
      ? wholeFile(deps, request, found.snapshot, asked, as)
      : pageOf(deps, request, found.snapshot, asked, as),
  )
}

async function pageOf(
  deps: HttpDeps,
  request: ApiRequest,
  snapshot: Snapshot,
  asked: RowsQuery,
  as: RowFormat,
): Promise<ApiResponse> {
  const { dataset, enrollment, billingPeriod, number, takenAt, settled } = snapshot.manifest
  const selector = rowSelector(layoutOf(datasetNamed(dataset)), selectionOf(asked), as)
  const limits: PageLimits = {
    rows: asked.limit === undefined || asked.limit === 'all' ? DEFAULT_ROWS : asked.limit,
    bytes: MAX_PAGE_BYTES,
    blocks: MAX_BLOCKS,
  }
  const page = await servePage(deps.reader, [snapshot], positionOf(asked.cursor), selector, limits)
  const next = page.next === null ? null : nextUrl(request.url, snapshot, as, page.next)
  const headers = { 'content-type': contentTypeOf(as), ...nextHeader(next) }
  if (as !== 'json') {
    return { status: 200, headers, body: [selector.header, ...page.texts] }
  }
  const about = { dataset, enrollment, billingPeriod, number, takenAt, settled }
  const before = `${JSON.stringify(about).slice(0, -1)},"rows":[`
  const after = `],"next":${JSON.stringify(next)}}`
  return {
    status: 200,
    headers,
    body: [Buffer.from(before), ...page.texts, Buffer.from(after)],
  }
}

/** The next page is one of this snapshot, whatever is the newest by then. */
function nextUrl(url: URL, { manifest }: Snapshot, as: RowFormat, next: Position): string {
  const target = new URL(seriesUrl(url, manifest, `snapshots/${manifest.number}/rows`))
  for (const [name, value] of url.searchParams) {
    if (name !== 'asOf') target.searchParams.append(name, value)
  }
  target.searchParams.set('format', as)
  target.searchParams.set('cursor', `${next.part}-${next.block}-${next.row}`)
  return target.href
}

function positionOf(cursor: string | undefined): Position {
  if (cursor === undefined) return START
  const [part = 0, block = 0, row = 0] = cursor.split('-').map(Number)
  return { snapshot: 0, part, block, row }
}

function selectionOf({ select: columns, where: conditions }: RowsQuery): RowSelection {
  return {
    dates: null,
    where: conditions ?? [],
    dropFields: new Set(),
    rename: new Map(),
    select: columns ?? null,
  }
}

/** All rows at once: here if they are few, from storage if a file holds exactly them, else composed. */
async function wholeFile(
  deps: HttpDeps,
  request: ApiRequest,
  snapshot: Snapshot,
  asked: RowsQuery,
  as: RowFormat,
): Promise<ApiResponse> {
  if (asked.cursor !== undefined) {
    throw new ArchiveError('BAD_REQUEST', 'limit=all is the whole answer: it has no cursor')
  }
  const { manifest } = snapshot
  const dataset = datasetNamed(manifest.dataset)
  const segments = manifest.parts.flatMap(({ files }) => segmentsOf(files))
  const limit = deps.archive.config.REDIRECT_OVER_BYTES
  const fileName = `${manifest.dataset}-${manifest.enrollment}-${manifest.billingPeriod}-${manifest.number}.${as}`
  const contentType = contentTypeOf(as)
  if (segments.reduce((sum, { csv }) => sum + csv.bytes, 0) <= limit) {
    const selector = rowSelector(layoutOf(dataset), selectionOf(asked), as)
    const limits = { ...NO_LIMITS, bytes: limit }
    const { texts, next } = await servePage(deps.reader, [snapshot], START, selector, limits)
    if (next === null) {
      const [before, after] = as === 'json' ? ['[', ']'] : [selector.header, '']
      const body = [Buffer.from(before), ...texts, Buffer.from(after)]
      return { status: 200, headers: { 'content-type': contentType }, body }
    }
  }
  const composed = exportOf(snapshot, asked, as, dataset.rowsVersion)
  const [segment] = segments
  if (segment !== undefined && segments.length === 1) {
    if (isWholeCsv(composed) && segment.csv.rowsVersion === dataset.rowsVersion) {
      return toPartFile(deps, segment.csv, { contentType, fileName })
    }
    const isWholeJson = as === 'json' && asked.select === undefined && asked.where === undefined
    if (isWholeJson && acceptedEncoding(request) === 'gzip') {
      const contentEncoding = 'gzip' as const
      return toPartFile(deps, segment.json, { contentType, contentEncoding, fileName })
    }
  }
  return composeOr202(deps, request, composed, { contentType, fileName })
}

function exportOf(
  snapshot: Snapshot,
  asked: RowsQuery,
  as: RowFormat,
  rowsVersion: number,
): RowsExport {
  const { source, dataset, enrollment } = snapshot.manifest
  return {
    format: EXPORT_FORMAT,
    kind: 'rows',
    source: source.kind,
    dataset,
    enrollment,
    snapshots: pinsOf([snapshot]),
    as,
    rowsVersion,
    dates: null,
    where: asked.where ?? [],
    dropFields: [],
    rename: {},
    select: asked.select ?? null,
  }
}
