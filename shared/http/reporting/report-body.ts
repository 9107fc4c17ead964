/** The bodies of reports, put together from the rows' own bytes, or links to them. */
import type { Allowance } from '../../access/quota.ts'
import { layoutOf } from '../../datasets/catalogue.ts'
import { type RowFormat, type RowSelector, rowSelector } from '../../rows/row-selector.ts'
import { EXPORT_FORMAT, type RowsExport } from '../../snapshots/export-request.ts'
import { type Segment, segmentsOfParts } from '../../snapshots/part-record.ts'
import { composedSoon } from '../../usecases/exports/composed-soon.ts'
import { pinsOf } from '../../usecases/exports/pinned-snapshots.ts'
import { contentTypeOf } from '../../usecases/exports/rows-file.ts'
import type { Snapshot } from '../../usecases/read-snapshots.ts'
import { NO_LIMITS, ONE_BLOCK, type Position, START, servePage } from '../../usecases/serve-rows.ts'
import type { ApiResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import type { Encoding } from '../encoding.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toExportFile, toPartFile } from '../redirect.ts'
import { encodeContinuation } from './continuation.ts'
import type { ReportRequest, ReportScope } from './report-routes.ts'

/** A report and what answers it. */
export interface Report {
  readonly asked: Extract<ReportRequest, ReportScope>
  readonly url: URL
  readonly snapshots: readonly Snapshot[]
  /** Where its page begins; null for the first one. */
  readonly position: Position | null
  /** True if the caller's link names the snapshots. */
  readonly isPinned: boolean
  /** What the caller may still have composed. */
  readonly allowance: Allowance
}

/** One page in an envelope. */
export async function pageBody(deps: HttpDeps, report: Report): Promise<ApiResponse> {
  const { url, snapshots, position } = report
  const selector = selectorOf(report, 'json')
  const page = await servePage(deps.reader, snapshots, position ?? START, selector, ONE_BLOCK)
  const nextLink = page.next === null ? null : linkTo(url, snapshots, page.next)
  const before = `{"id":${idOf(report)},"data":[`
  const after = `],"nextLink":${JSON.stringify(nextLink)}}`
  return json([Buffer.from(before), ...page.texts, Buffer.from(after)])
}

/** All rows in one array, or the one object; a link where they are too many. */
export async function wholeBody(
  deps: HttpDeps,
  report: Report,
  encoding: Encoding,
): Promise<ApiResponse> {
  const { asked, snapshots } = report
  const { dataset, version } = asked
  const limit = deps.archive.config.REDIRECT_OVER_BYTES
  if (dataset.shape === 'list' && mayBeSmall(report, limit)) {
    const limits = { ...NO_LIMITS, bytes: limit }
    const all = await servePage(deps.reader, snapshots, START, selectorOf(report, 'json'), limits)
    if (all.next === null) {
      if (dataset.perPeriod) return json([Buffer.from('['), ...all.texts, Buffer.from(']')])
      const list = Buffer.concat(all.texts).toString()
      return json([Buffer.from(withVersion(`[${list}]`, version))])
    }
  }
  if (dataset.shape === 'object') {
    const one = await servePage(
      deps.reader,
      snapshots,
      START,
      selectorOf(report, 'json'),
      ONE_BLOCK,
    )
    return json(one.texts)
  }
  const segment = encoding === 'gzip' && isWhole(report) ? onlySegment(snapshots) : null
  if (segment === null) return composed(deps, report, 'json')
  return toPartFile(deps, segment.json, {
    contentType: contentTypeOf('json'),
    contentEncoding: 'gzip',
    fileName: fileNameOf(report, 'json'),
  })
}

/** The rows as CSV, or a link to it. */
export async function downloadBody(deps: HttpDeps, report: Report): Promise<ApiResponse> {
  const { snapshots } = report
  const limit = deps.archive.config.REDIRECT_OVER_BYTES
  const fileName = fileNameOf(report, 'csv')
  if (mayBeSmall(report, limit)) {
    const selector = selectorOf(report, 'csv')
    const limits = { ...NO_LIMITS, bytes: limit }
    const all = await servePage(deps.reader, snapshots, START, selector, limits)
    if (all.next === null) return csv([selector.header, ...all.texts], fileName)
  }
  const segment = isWhole(report) ? onlySegment(snapshots) : null
  const isCurrent = segment?.csv.rowsVersion === report.asked.dataset.rowsVersion
  if (segment === null || !isCurrent) return composed(deps, report, 'csv')
  return toPartFile(deps, segment.csv, { contentType: contentTypeOf('csv'), fileName })
}

/** What a worker has to compose for a report. */
export function exportOf(
  deps: HttpDeps,
  asked: Report['asked'],
  snapshots: readonly Snapshot[],
  as: 'csv' | 'json',
): RowsExport {
  const { dataset, enrollment, dates } = asked
  return {
    format: EXPORT_FORMAT,
    kind: 'rows',
    source: deps.archive.source.kind,
    dataset: dataset.name,
    enrollment,
    snapshots: pinsOf(snapshots),
    as,
    rowsVersion: dataset.rowsVersion,
    dates,
    where: [],
    ...fieldsOf(asked),
    ...decimalsOf(asked, as),
    select: null,
  }
}

/** An old client knows no other way to wait than for its answer. */
async function composed(deps: HttpDeps, report: Report, as: 'csv' | 'json'): Promise<ApiResponse> {
  const request = exportOf(deps, report.asked, report.snapshots, as)
  const waitMs = deps.archive.config.WAIT_SECONDS * 1_000
  const file = await composedSoon(deps, request, report.allowance, waitMs, deps.sleep)
  const fileName = fileNameOf(report, as)
  if (file !== null) {
    return toExportFile(deps, file.path, { contentType: contentTypeOf(as), fileName })
  }
  return as === 'json' ? json([Buffer.from('[]')]) : csv([selectorOf(report, as).header], fileName)
}

function fileNameOf({ asked }: Pick<Report, 'asked'>, as: 'csv' | 'json'): string {
  const { dataset, enrollment, billingPeriod, dates } = asked
  const what = billingPeriod ?? (dates === null ? 'current' : `${dates.first}_${dates.last}`)
  return `${dataset.name}-${enrollment}-${what}.${as}`
}

function selectorOf({ asked }: Report, format: RowFormat): RowSelector {
  const { dataset, dates } = asked
  const fields = fieldsOf(asked)
  const dropFields = new Set(fields.dropFields)
  const rename = new Map(Object.entries(fields.rename))
  const selection = {
    dates,
    where: [],
    dropFields,
    rename,
    select: null,
    ...decimalsOf(asked, format),
  }
  return rowSelector(layoutOf(dataset, dataset.rowsVersion), selection, format)
}

/** CSV has digits as they are. */
function decimalsOf({ decimals }: Report['asked'], as: RowFormat): Pick<RowsExport, 'decimals'> {
  return decimals === undefined || as === 'csv' ? {} : { decimals }
}

/** What v1 and v2 leave out, and spell otherwise. */
function fieldsOf({
  version,
  dataset,
}: Report['asked']): Pick<RowsExport, 'dropFields' | 'rename'> {
  if (version === 'v3') return { dropFields: [], rename: {} }
  return { dropFields: [...dataset.v3Fields], rename: { ...dataset.earlierNames } }
}

/**
 * Is it worth to read the rows and see? Of usage dates only the blocks that hold some are read, and no more
 * than a small answer has. JSON repeats every key in every row, so it is larger than the CSV.
 */
function mayBeSmall({ asked, snapshots }: Report, limit: number): boolean {
  return asked.dates !== null || csvBytesOf(snapshots) <= limit
}

/** Every row with every field? */
function isWhole({ asked }: Report): boolean {
  if (asked.decimals !== undefined) return false
  return asked.dates === null && (asked.version === 'v3' || asked.dataset.v3Fields.length === 0)
}

/** The one segment that holds all rows of the snapshots; null if there are more, or none. */
function onlySegment(snapshots: readonly Snapshot[]): Segment | null {
  const segments = segmentsIn(snapshots)
  return segments.length === 1 ? (segments[0] ?? null) : null
}

function csvBytesOf(snapshots: readonly Snapshot[]): number {
  return segmentsIn(snapshots).reduce((sum, { csv }) => sum + csv.bytes, 0)
}

function segmentsIn(snapshots: readonly Snapshot[]): Segment[] {
  return snapshots.flatMap(({ manifest }) => segmentsOfParts(manifest.parts))
}

/** The envelope's id, as the source sent it where the report is one part of one snapshot. */
function idOf({ asked, snapshots }: Report): string {
  const parts = snapshots.length === 1 ? snapshots[0]?.manifest.parts : undefined
  const sent = parts?.length === 1 ? parts[0]?.envelope['id'] : undefined
  return sent ?? JSON.stringify(`enrollments/${asked.enrollment}/${asked.dataset.name}`)
}

function linkTo(url: URL, snapshots: readonly Snapshot[], position: Position): string {
  const next = new URL(url)
  const pinned = snapshots.map(({ manifest }) => [manifest.billingPeriod, manifest.number] as const)
  for (const name of url.searchParams.keys()) {
    if (name.toLowerCase() === 'skiptoken') next.searchParams.delete(name)
  }
  next.searchParams.set('skiptoken', encodeContinuation({ snapshots: pinned, position }))
  return next.href
}

/** The routes in the list of periods name a version: the caller's, not that which we read. Slashes may be escaped. */
function withVersion(json: string, version: string): string {
  return json.replace(/"(\\?\/)v\d(\\?\/enrollments\\?\/)/gi, `"$1${version}$2`)
}

function json(body: readonly Buffer[]): ApiResponse {
  return { status: 200, headers: { 'content-type': contentTypeOf('json') }, body }
}

function csv(body: readonly Buffer[], fileName: string): ApiResponse {
  const headers = {
    'content-type': contentTypeOf('csv'),
    ...attachment(fileName),
  }
  return { status: 200, headers, body }
}
