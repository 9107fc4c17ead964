/** The old API, answered from the archive. */
import { ArchiveError } from '../errors.ts'
import type { RowSelection } from '../rows/select-rows.ts'
import type { Series } from '../snapshots/series.ts'
import type { BlobReader } from '../storage/ports.ts'
import type { Archive } from '../usecases/archive.ts'
import { checkAccess, checkEnrollment } from '../usecases/check-access.ts'
import { archivedPeriods, periodsSeries } from '../usecases/list-periods.ts'
import { newestSnapshot, readSnapshot, type Snapshot } from '../usecases/read-snapshots.ts'
import { type Position, START, serveAll, servePage } from '../usecases/serve-rows.ts'
import { decodeContinuation, encodeContinuation } from './continuation.ts'
import { entityTag, matchesTag } from './etag.ts'
import { problemOf } from './problem.ts'
import { type ReportRequest, reportRequest } from './report-routes.ts'

const TOKEN = 'skiptoken'

export interface ReportingApiDeps extends Pick<Archive, 'snapshots' | 'source' | 'log'> {
  readonly access: Pick<BlobReader, 'read'>
}

/** Answers one request; never rejects: every failure has its status. */
export async function reportingApi(
  deps: ReportingApiDeps,
  request: Request,
  requestId: string,
): Promise<Response> {
  const headers = new Headers({ 'x-ms-request-id': requestId, 'cache-control': 'no-cache' })
  try {
    const grant = await checkAccess(deps.access, request.headers.get('authorization'))
    const url = new URL(request.url)
    const report = reportRequest(url)
    checkEnrollment(grant, report.enrollment)
    return await answer(deps, request, url, report, headers)
  } catch (error) {
    const problem = problemOf(error, requestId)
    if (problem.status >= 500) {
      deps.log.error('http.failed', { requestId, status: problem.status, why: String(error) })
    }
    if (problem.status === 401) headers.set('www-authenticate', 'Bearer')
    const { code, message } = problem
    return Response.json({ error: { code, message } }, { status: problem.status, headers })
  }
}

async function answer(
  deps: ReportingApiDeps,
  request: Request,
  url: URL,
  report: ReportRequest,
  headers: Headers,
): Promise<Response> {
  const token = url.searchParams.get(TOKEN)
  const continuation = token === null ? null : decodeContinuation(token)
  const snapshots =
    continuation === null
      ? await snapshotsOf(deps, report)
      : await pinnedSnapshots(deps, report, continuation.snapshots)
  const position = continuation?.position ?? START

  const tag = entityTag({
    snapshots: snapshots.map((snapshot) => snapshot.sha256),
    dataset: report.dataset.name,
    version: report.version,
    dates: report.dates,
    position,
    origin: url.origin, // nextLink is on the caller's host
  })
  headers.set('etag', tag)
  if (matchesTag(request.headers.get('if-none-match'), tag)) {
    return new Response(null, { status: 304, headers })
  }
  const body = await bodyOf(deps, url, report, snapshots, position)
  headers.set('content-type', 'application/json; charset=utf-8')
  return new Response(new Uint8Array(body), { status: 200, headers })
}

/** The body of a page, put together from the rows' own bytes. */
async function bodyOf(
  deps: ReportingApiDeps,
  url: URL,
  report: ReportRequest,
  snapshots: readonly Snapshot[],
  position: Position,
): Promise<Buffer> {
  const { dataset } = report
  const selection: RowSelection = {
    dates: report.dates,
    dropFields: new Set(report.version === 'v3' ? [] : dataset.v3Fields),
  }
  if (!dataset.paged) {
    const { text } = await serveAll(deps, snapshots, selection)
    if (dataset.shape === 'object') return text
    if (!dataset.perPeriod) return Buffer.from(withVersion(`[${text.toString()}]`, report.version))
    return wrap('[', text, ']')
  }
  const page = await servePage(deps, snapshots, position, selection)
  const nextLink = page.next === null ? null : linkTo(url, snapshots, page.next)
  const id = idOf(report, snapshots)
  return wrap(`{"id":${id},"data":[`, page.text, `],"nextLink":${JSON.stringify(nextLink)}}`)
}

/** The envelope's id, as the source sent it where the report is one part of one snapshot. */
function idOf({ enrollment }: ReportRequest, snapshots: readonly Snapshot[]): string {
  const parts = snapshots.length === 1 ? snapshots[0]?.manifest.parts : undefined
  const sent = parts?.length === 1 ? parts[0]?.envelope['id'] : undefined
  return sent ?? JSON.stringify(`enrollments/${enrollment}/usagedetails`)
}

function linkTo(url: URL, snapshots: readonly Snapshot[], position: Position): string {
  const next = new URL(url)
  const pinned = snapshots.map(({ manifest }) => [manifest.billingPeriod, manifest.number] as const)
  next.searchParams.set(TOKEN, encodeContinuation({ snapshots: pinned, position }))
  return next.href
}

/** The routes in the list of periods name a version: the caller's, not that which we read. */
function withVersion(json: string, version: string): string {
  return json.replace(/"\/v\d\/enrollments\//g, `"/${version}/enrollments/`)
}

function wrap(before: string, text: Buffer, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)])
}

/** The newest snapshots that answer a first page. Throws `NOT_FOUND` where nothing is archived. */
async function snapshotsOf(deps: ReportingApiDeps, report: ReportRequest): Promise<Snapshot[]> {
  if (!report.dataset.perPeriod) return [await periodsList(deps, report.enrollment)]
  if (report.billingPeriod !== null) {
    const newest = await newestSnapshot(
      deps.snapshots,
      seriesOf(deps, report, report.billingPeriod),
    )
    if (newest !== null) return [newest]
    throw new ArchiveError(
      'NOT_FOUND',
      `${report.dataset.name} of ${report.billingPeriod} is not in the archive`,
    )
  }
  const periods = await archivedPeriods(deps, await periodsList(deps, report.enrollment))
  if (report.dates === null) {
    for (const period of periods) {
      const newest = await newestSnapshot(deps.snapshots, seriesOf(deps, report, period.id))
      if (newest !== null) return [newest]
    }
    throw new ArchiveError('NOT_FOUND', `no ${report.dataset.name} is in the archive yet`)
  }
  // A later period may have billed a day late, so no period from the first day's on is left out.
  const { first } = report.dates
  const ids = periods.filter((period) => period.lastDay >= first).map((period) => period.id)
  const found = await Promise.all(
    ids.reverse().map((id) => newestSnapshot(deps.snapshots, seriesOf(deps, report, id))),
  )
  return found.filter((snapshot) => snapshot !== null)
}

async function periodsList(deps: ReportingApiDeps, enrollment: string): Promise<Snapshot> {
  const newest = await newestSnapshot(deps.snapshots, periodsSeries(deps.source.kind, enrollment))
  if (newest !== null) return newest
  throw new ArchiveError('NOT_FOUND', `nothing of enrollment ${enrollment} is in the archive yet`)
}

async function pinnedSnapshots(
  deps: ReportingApiDeps,
  report: ReportRequest,
  pinned: readonly (readonly [string, number])[],
): Promise<Snapshot[]> {
  return Promise.all(
    pinned.map(async ([period, number]) => {
      const found = await readSnapshot(deps.snapshots, seriesOf(deps, report, period), number)
      if (found !== null) return found
      throw new ArchiveError('BAD_REQUEST', 'the skiptoken names a snapshot that is not there')
    }),
  )
}

function seriesOf(deps: ReportingApiDeps, report: ReportRequest, billingPeriod: string): Series {
  return {
    source: deps.source.kind,
    dataset: report.dataset.name,
    enrollment: report.enrollment,
    billingPeriod,
  }
}
