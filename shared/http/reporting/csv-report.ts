/** `submit` and its polling: a CSV report that is composed in the background. */
import type { Allowance } from '../../access/quota.ts'
import { ArchiveError } from '../../errors.ts'
import { daysOfPeriod } from '../../format/days.ts'
import type { DownloadStatus } from '../../format/download-request.ts'
import {
  findDownload,
  requestDownload,
  type StoredDownload,
} from '../../usecases/downloads/request-download.ts'
import { contentTypeOf } from '../../usecases/downloads/rows-file.ts'
import { type ApiResponse, jsonResponse } from '../api-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { downloadLink } from '../redirect.ts'
import type { ReportRequest, ReportScope } from './report-routes.ts'
import { downloadOf } from './report-rows.ts'
import { newestFor } from './report-snapshots.ts'

/** Values of `status`. Source: billing-enterprise-api-usage-detail, "Response status definitions". */
export const REPORT_STATUS = {
  queued: 1,
  running: 2,
  completed: 3,
  failed: 4,
  empty: 5,
  timedOut: 7,
} as const

/** A report's link is valid for one hour from when it was requested; so is the request itself. */
const REPORT_MS = 3_600_000

/** `POST …/submit`: queues the report and returns the URL to poll. */
export async function submitReport(
  deps: HttpDeps,
  url: URL,
  asked: Extract<ReportRequest, ReportScope>,
  allowance: Allowance,
): Promise<ApiResponse> {
  const snapshots = await newestFor(deps, asked, asked)
  const found = await requestDownload(
    deps,
    downloadOf(deps, asked, snapshots, 'report-csv'),
    allowance,
  )
  const requestedOn = deps.now()
  return reportOf(deps, url, asked.version, found, requestedOn)
}

/** `GET {reportUrl}`: the report's status. Rejects with `NOT_FOUND` for a report of another enrollment. */
export async function reportStatus(
  deps: HttpDeps,
  url: URL,
  asked: Extract<ReportRequest, { kind: 'status' }>,
): Promise<ApiResponse> {
  const { enrollment, dataset, version, reportId } = asked
  const [downloadId = '', time = ''] = reportId.split('-')
  const found = await findDownload(deps, downloadId)
  const { request, status } = found
  // Without a time, it is the report's id alone: then the first request counts.
  const requestedOn = new Date(time === '' ? status.requestedAt : Number(time))
  const isTheirs = request.enrollment === enrollment && request.dataset === dataset.name
  if (!isTheirs || requestedOn > deps.now()) {
    throw new ArchiveError('NOT_FOUND', 'there is no such report; reports expire after an hour')
  }
  return reportOf(deps, url, version, found, requestedOn)
}

async function reportOf(
  deps: HttpDeps,
  url: URL,
  version: string,
  { id, request, status }: StoredDownload,
  requestedOn: Date,
): Promise<ApiResponse> {
  const { enrollment, dataset } = request
  const days = request.kind === 'rows' ? daysOf(request.dates, request.snapshots) : null
  const expiresAt = new Date(requestedOn.getTime() + REPORT_MS)
  const isOver = deps.now() >= expiresAt
  const code = isOver ? REPORT_STATUS.timedOut : REPORT_STATUS[status.status]
  const time = String(requestedOn.getTime()).padStart(13, '0')
  const path = `/${version}/enrollments/${enrollment}/${dataset}/reports/${id}-${time}`
  return jsonResponse(
    {
      // Also the last segment of the blob's name, because tools that download it by its link name their file
      // after that.
      id,
      enrollmentNumber: enrollment,
      requestedOn: requestedOn.toISOString(),
      status: code,
      // Empty instead of null while there is none, as in the old API.
      blobPath: isOver ? '' : await linkOf(deps, status, expiresAt, `${dataset}-${enrollment}`),
      reportUrl: new URL(path, url).href,
      startDate: days === null ? null : `${days.first}T00:00:00`,
      endDate: days === null ? null : `${days.last}T00:00:00`,
    },
    // The link in it works without a key.
    { 'cache-control': 'no-store' },
  )
}

async function linkOf(
  deps: HttpDeps,
  { file }: DownloadStatus,
  expiresAt: Date,
  name: string,
): Promise<string> {
  if (file === null) return ''
  const announced = { contentType: contentTypeOf('report-csv'), fileName: `${name}.csv` }
  return downloadLink(deps, file.path, expiresAt, announced)
}

function daysOf(
  dates: { first: string; last: string } | null,
  snapshots: StoredDownload['request']['snapshots'],
): { first: string; last: string } | null {
  if (dates !== null) return dates
  const period = snapshots[0]?.billingPeriod
  return period === undefined ? null : daysOfPeriod(period)
}
