/** A page of a snapshot's rows, with the link to the next one. */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { type RowFormat, rowSelector } from '../../rows/select/row-selector.ts'
import { contentTypeOf } from '../../usecases/downloads/rows-file.ts'
import type { Snapshot } from '../../usecases/read/read-snapshots.ts'
import { type PageLimits, type Position, START, servePage } from '../../usecases/read/serve-rows.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import type { HttpDeps } from '../http-deps.ts'
import { checkPosition } from '../known-position.ts'
import { namedSource } from '../named-source.ts'
import { nextHeader, seriesUrl } from './links.ts'
import { DEFAULT_ROWS, type RowsAsk, selectionOf } from './rows-query.ts'

/** Maximum number of blocks per request, if the conditions match few rows. */
const MAX_BLOCKS = 50

/** Ends a page before it becomes too large for an answer. */
const MAX_PAGE_BYTES = 6 * 1024 * 1024

export async function pageOf(
  deps: HttpDeps,
  request: ApiRequest,
  { snapshot, asked, as }: RowsAsk,
): Promise<ApiResponse> {
  const { dataset, enrollment, billingPeriod, number, takenAt, settled } = snapshot.manifest
  const named = namedSource(deps, seriesOfManifest(snapshot.manifest))
  const { rowsVersion } = datasetNamed(dataset)
  const layout = columnsAt(datasetNamed(dataset), rowsVersion).layout
  const selector = rowSelector(layout, selectionOf(asked), as)
  const limits: PageLimits = {
    rows: asked.limit === undefined || asked.limit === 'all' ? DEFAULT_ROWS : asked.limit,
    bytes: MAX_PAGE_BYTES,
    blocks: MAX_BLOCKS,
  }
  const from = positionOf(asked.cursor)
  if (asked.cursor !== undefined) await checkPosition(deps.reader, [snapshot], from)
  const page = await servePage(deps.reader, [snapshot], from, selector, limits)
  const next = page.next === null ? null : nextUrl(deps, request.url, snapshot, as, page.next)
  const headers = { 'content-type': contentTypeOf(as), ...nextHeader(next) }
  if (as !== 'json') {
    const fileName = `${dataset}-${enrollment}-${billingPeriod}-${number}.csv`
    const asFile = as === 'csv' ? attachment(fileName) : {}
    return {
      status: 200,
      headers: { ...headers, ...asFile },
      body: [selector.header, ...page.texts],
    }
  }
  const about = { ...named, dataset, enrollment, billingPeriod, number, takenAt, settled }
  const before = `${JSON.stringify(about).slice(0, -1)},"rows":[`
  const after = `],"next":${JSON.stringify(next)}}`
  return {
    status: 200,
    headers,
    body: [Buffer.from(before), ...page.texts, Buffer.from(after)],
  }
}

/** The next page comes from this snapshot, even if a newer one exists by then. */
function nextUrl(
  deps: HttpDeps,
  url: URL,
  { manifest }: Snapshot,
  as: RowFormat,
  next: Position,
): string {
  const target = new URL(seriesUrl(url, manifest, `snapshots/${manifest.number}/rows`))
  for (const [name, value] of url.searchParams) {
    if (name !== 'asOf') target.searchParams.append(name, value)
  }
  const { source } = namedSource(deps, seriesOfManifest(manifest))
  if (source !== undefined) target.searchParams.set('source', source)
  target.searchParams.set('format', as)
  target.searchParams.set('cursor', `${next.part}-${next.block}-${next.row}`)
  return target.href
}

function positionOf(cursor: string | undefined): Position {
  if (cursor === undefined) return START
  const [part = 0, block = 0, row = 0] = cursor.split('-').map(Number)
  return { snapshot: 0, part, block, row }
}
