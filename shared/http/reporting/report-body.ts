/** The bodies of reports, assembled from the rows' own bytes, or links to them. */
import { composedSoon } from '../../usecases/downloads/composed-soon.ts'
import { contentTypeOf } from '../../usecases/downloads/rows-file.ts'
import {
  NO_LIMITS,
  OLD_PAGE,
  type Position,
  START,
  servePage,
} from '../../usecases/read/serve-rows.ts'
import type { ApiResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import type { Encoding } from '../encoding.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toDownloadFile, toPartFile } from '../redirect.ts'
import { encodeContinuation, type ReportedSnapshot } from './continuation.ts'
import {
  downloadOf,
  mayBeSmall,
  type Report,
  type ReportFormat,
  selectorOf,
  wholeSegment,
} from './report-rows.ts'
import { pinOf } from './report-snapshots.ts'

/** One page in an envelope. */
export async function pageBody(deps: HttpDeps, report: Report): Promise<ApiResponse> {
  const { url, snapshots, position } = report
  const selector = selectorOf(report, 'json')
  const page = await servePage(deps.reader, snapshots, position ?? START, selector, OLD_PAGE)
  const pins = snapshots.map((snapshot) => pinOf(deps, snapshot))
  const nextLink = page.next === null ? null : linkTo(url, pins, page.next)
  const before = `{"id":${idOf(report)},"data":[`
  const after = `],"nextLink":${JSON.stringify(nextLink)}}`
  return json([Buffer.from(before), ...page.texts, Buffer.from(after)])
}

/**
 * The single object; in v3, in an array of one. Source: v1 clients read an object, v3 clients the first
 * element of an array; the documentation has only the object.
 */
export async function objectBody(deps: HttpDeps, report: Report): Promise<ApiResponse> {
  const selector = selectorOf(report, 'json')
  const { texts } = await servePage(deps.reader, report.snapshots, START, selector, OLD_PAGE)
  return json(report.asked.version === 'v3' ? inArray(texts) : texts)
}

/** All rows in one array; a link if they are too many for an answer. */
export async function wholeBody(
  deps: HttpDeps,
  report: Report,
  encoding: Encoding,
): Promise<ApiResponse> {
  const { asked, snapshots } = report
  const limit = deps.serving.redirectJsonOverBytes
  const segment = encoding === 'gzip' ? wholeSegment(report) : null
  if (segment !== null) {
    if (segment.json.bytes <= limit) return storedGzip(deps, segment.json.path)
    return toPartFile(deps, segment.json, {
      contentType: contentTypeOf('json'),
      contentEncoding: 'gzip',
      fileName: fileNameOf(report, 'json'),
    })
  }
  if (mayBeSmall(report, limit)) {
    const limits = { ...NO_LIMITS, bytes: limit }
    const all = await servePage(deps.reader, snapshots, START, selectorOf(report, 'json'), limits)
    if (all.next === null) {
      if (asked.dataset.perPeriod) return json(inArray(all.texts))
      const list = Buffer.concat(inArray(all.texts)).toString()
      return json([Buffer.from(withVersion(list, asked.version))])
    }
  }
  return composed(deps, report, 'json')
}

/** The rows as CSV, or a link to it. */
export async function downloadBody(deps: HttpDeps, report: Report): Promise<ApiResponse> {
  const limit = deps.serving.redirectOverBytes
  if (mayBeSmall(report, limit)) {
    const selector = selectorOf(report, 'report-csv')
    const limits = { ...NO_LIMITS, bytes: limit }
    const all = await servePage(deps.reader, report.snapshots, START, selector, limits)
    if (all.next === null) return csv(report, [selector.header, ...all.texts])
  }
  return composed(deps, report, 'report-csv')
}

/** A segment's JSON as stored, for a caller who accepts gzip. */
async function storedGzip({ reader }: HttpDeps, path: string): Promise<ApiResponse> {
  const body: Buffer[] = []
  for await (const chunk of reader.stream(path)) body.push(chunk)
  const headers = { 'content-type': contentTypeOf('json'), 'content-encoding': 'gzip' }
  return { status: 200, headers, body }
}

/** Old clients can't poll, so their request waits. */
async function composed(deps: HttpDeps, report: Report, as: ReportFormat): Promise<ApiResponse> {
  const request = downloadOf(deps, report.asked, report.snapshots, as)
  const waitMs = deps.serving.waitMs
  const file = await composedSoon(deps, request, report.allowance, waitMs, deps.sleep)
  if (file !== null) {
    const fileName = fileNameOf(report, as)
    return toDownloadFile(deps, file.path, { contentType: contentTypeOf(as), fileName })
  }
  return as === 'json' ? json(inArray([])) : csv(report, [selectorOf(report, as).header])
}

function fileNameOf({ asked }: Pick<Report, 'asked'>, as: ReportFormat): string {
  const { dataset, enrollment, billingPeriod, dates } = asked
  const what = billingPeriod ?? (dates === null ? 'current' : `${dates.first}_${dates.last}`)
  return `${dataset.name}-${enrollment}-${what}.${as === 'json' ? 'json' : 'csv'}`
}

/** The envelope's id, as the source sent it if the report is one part of one snapshot. */
function idOf({ asked, snapshots }: Report): string {
  const parts = snapshots.length === 1 ? snapshots[0]?.manifest.parts : undefined
  const sent = parts?.length === 1 ? parts[0]?.envelope['id'] : undefined
  return sent ?? JSON.stringify(`enrollments/${asked.enrollment}/${asked.dataset.name}`)
}

function linkTo(url: URL, snapshots: readonly ReportedSnapshot[], position: Position): string {
  const next = new URL(url)
  for (const name of url.searchParams.keys()) {
    if (name.toLowerCase() === 'skiptoken') next.searchParams.delete(name)
  }
  next.searchParams.set('skiptoken', encodeContinuation({ snapshots, position }))
  return next.href
}

/** Replaces the version in the routes of the list of periods by the caller's. Slashes may be escaped. */
function withVersion(json: string, version: string): string {
  return json.replace(/"(\\?\/)v\d(\\?\/enrollments\\?\/)/gi, `"$1${version}$2`)
}

function inArray(texts: readonly Buffer[]): Buffer[] {
  return [Buffer.from('['), ...texts, Buffer.from(']')]
}

function json(body: readonly Buffer[]): ApiResponse {
  return { status: 200, headers: { 'content-type': contentTypeOf('json') }, body }
}

function csv(report: Report, body: readonly Buffer[]): ApiResponse {
  const fileName = fileNameOf(report, 'report-csv')
  const headers = { 'content-type': contentTypeOf('report-csv'), ...attachment(fileName) }
  return { status: 200, headers, body }
}
