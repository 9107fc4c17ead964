/** The old API, served from the archive. */
import { checkEnrollment, checkRole } from '../../access/caller.ts'
import type { Allowance } from '../../access/quota.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import { authenticate } from '../../usecases/access/check-access.ts'
import { type ApiRequest, type ApiResponse, jsonResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, responseTag } from '../etag.ts'
import type { HttpDeps } from '../http-deps.ts'
import { checkPosition } from '../known-position.ts'
import { sourceHeader } from '../named-source.ts'
import { respond } from '../respond.ts'
import { decodeContinuation } from './continuation.ts'
import { contractOf } from './contract.ts'
import { reportStatus, submitReport } from './csv-report.ts'
import { downloadBody, objectBody, pageBody, wholeBody } from './report-body.ts'
import { parameter, type ReportRequest, type ReportScope, reportRequest } from './report-routes.ts'
import type { Report } from './report-rows.ts'
import { newestFor, pinnedFor } from './report-snapshots.ts'

/** Answers one request; never rejects: every failure has a status. */
export function reportingApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  const { log } = deps.archive
  const responder = {
    log,
    now: deps.now,
    problem: ({ status, code, message }: { status: number; code: string; message: string }) =>
      jsonResponse({ error: { code, message } }, {}, status),
  }
  return respond(responder, request, async () => {
    const caller = await authenticate(deps.access, request.header('authorization'))
    const report = reportRequest(request.method, request.url)
    try {
      checkRole(caller, 'Archive.Read')
      checkEnrollment(caller, report.enrollment)
    } catch (error) {
      // The old API had no 403: a key for another enrollment was a wrong key.
      if (!hasCode(error, 'FORBIDDEN')) throw error
      throw new ArchiveError('UNAUTHORIZED', error.message, { cause: error })
    }
    switch (report.kind) {
      case 'rows':
      case 'download':
        return respondWithRows(deps, request, report, deps.quota(caller.id))
      case 'submit':
        return submitReport(deps, request.url, report, deps.quota(caller.id))
      case 'status':
        return reportStatus(deps, request.url, report)
    }
  })
}

async function respondWithRows(
  deps: HttpDeps,
  request: ApiRequest,
  asked: Extract<ReportRequest, ReportScope>,
  allowance: Allowance,
): Promise<ApiResponse> {
  const report = { ...(await reportOf(deps, request, asked)), allowance }
  const { snapshots, position, isPinned } = report
  const etag = responseTag(deps, asked.dataset, {
    snapshots: snapshots.map(({ sha256 }) => sha256),
    kind: asked.kind,
    version: asked.version,
    dates: asked.dates,
    position,
    contract: contractOf(asked.dataset),
    url: request.url.href, // is in nextLink
    encoding: acceptedEncoding(request),
  })
  const headers = {
    etag,
    'x-archive-settled': String(snapshots.every(({ manifest }) => manifest.settled)),
    'x-archive-snapshots': namesOf(report),
    ...sourceHeader(deps, snapshots),
    // A page with pinned snapshots never changes.
    ...(isPinned ? { 'cache-control': 'private, max-age=86400, immutable' } : {}),
  }
  return conditional(request, headers, () => {
    if (asked.kind === 'download') return downloadBody(deps, report)
    const { paged, shape } = contractOf(asked.dataset)
    if (paged) return pageBody(deps, report)
    if (shape === 'object') return objectBody(deps, report)
    return wholeBody(deps, report, acceptedEncoding(request))
  })
}

/** The report's snapshots: those in the caller's link, otherwise the newest. */
async function reportOf(
  deps: HttpDeps,
  { url }: ApiRequest,
  asked: Extract<ReportRequest, ReportScope>,
): Promise<Omit<Report, 'allowance'>> {
  const token = parameter(url.searchParams, 'skiptoken')
  const pinned = token === null ? null : decodeContinuation(token)
  const snapshots =
    pinned === null
      ? await newestFor(deps, asked, asked)
      : await pinnedFor(deps, asked, pinned.snapshots)
  if (pinned !== null) await checkPosition(deps.reader, snapshots, pinned.position)
  return { asked, url, snapshots, position: pinned?.position ?? null, isPinned: pinned !== null }
}

/** How many snapshots a header names; custom dates over years may have many. */
const MAX_NAMED = 12

function namesOf({ snapshots }: Pick<Report, 'snapshots'>): string {
  const names = snapshots.map(({ manifest }) => `${manifest.billingPeriod}/${manifest.number}`)
  const rest = names.length > MAX_NAMED ? ['...'] : []
  return [...names.slice(0, MAX_NAMED), ...rest].join(', ')
}
