/** Answers that a worker composes: their status and their files. */
import { z } from 'zod'
import { checkEnrollment } from '../../access/caller.ts'
import { ArchiveError } from '../../errors.ts'
import type {
  DownloadRequest,
  DownloadStatus,
  RowsDownload,
} from '../../format/download-request.ts'
import { compositionFailed } from '../../usecases/downloads/composition-failed.ts'
import {
  findDownload,
  requestDownload,
  type StoredDownload,
} from '../../usecases/downloads/request-download.ts'
import { contentTypeOf, emptyFile } from '../../usecases/downloads/rows-file.ts'
import { type ApiRequest, type ApiResponse, jsonResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import type { HttpDeps } from '../http-deps.ts'
import { type LinkedFile, toDownloadFile } from '../redirect.ts'
import { archiveUrl } from './links.ts'
import { type Ask, type ResponseDescription, route } from './route.ts'
import * as schemas from './schemas.ts'

const params = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 hex digits')
    .meta({ description: 'Id of the download' }),
})

/** The description of answers that may have to be composed. */
export const QUOTA_EXCEEDED: ResponseDescription = {
  description:
    'Too many downloads were composed for this caller within the hour; Retry-After says when to try again',
  content: { 'application/problem+json': schemas.problem },
}

/** Seconds after which a client should poll again. */
const RETRY_AFTER = '2'

/**
 * A redirect if the answer is already composed, the answer itself if it has no rows, or 202 with the URL to
 * poll. Rejects with the reason if composing failed, and with `TOO_MANY_REQUESTS` if the caller's quota is
 * used up.
 */
export async function composeOr202(
  deps: HttpDeps,
  { request, caller }: Pick<Ask<unknown, unknown>, 'request' | 'caller'>,
  asked: DownloadRequest,
  file: LinkedFile,
): Promise<ApiResponse> {
  const found = await requestDownload(deps, asked, deps.quota(caller?.id ?? ''))
  const { status, failure, file: composed } = found.status
  if (composed !== null) return toDownloadFile(deps, composed.path, file)
  if (status === 'empty' && asked.kind === 'rows') return emptyResponse(deps, asked)
  if (status === 'failed') throw compositionFailed(failure)
  return stateOf(request, found)
}

/** An answer without rows, in the requested format. */
function emptyResponse(
  { reportFields }: Pick<HttpDeps, 'reportFields'>,
  asked: RowsDownload,
): ApiResponse {
  const fileName = `${asked.dataset}-${asked.enrollment}.csv`
  const headers = {
    'content-type': contentTypeOf(asked.as),
    ...(asked.as === 'csv' ? attachment(fileName) : {}),
  }
  return { status: 200, headers, body: [emptyFile(asked, reportFields)] }
}

function stateOf(request: ApiRequest, found: StoredDownload): ApiResponse {
  const { id, status } = found
  const url = archiveUrl(request.url, `downloads/${id}`)
  const isUnderWay = status.status === 'queued' || status.status === 'running'
  const body = {
    id,
    kind: found.request.kind,
    status: status.status,
    requestedAt: status.requestedAt,
    rows: status.file?.rows ?? (status.status === 'empty' ? 0 : null),
    bytes: status.file?.bytes ?? null,
    sha256: status.file?.sha256 ?? null,
    failure: status.failure,
    url,
    file: isThere(status) ? `${url}/file` : null,
  }
  const headers = {
    'cache-control': 'no-store',
    ...(isUnderWay ? { location: url, 'retry-after': RETRY_AFTER } : {}),
  }
  return jsonResponse(body, headers, isUnderWay ? 202 : 200)
}

/** An answer without rows has no file in storage, but it is complete. */
function isThere({ file, status }: DownloadStatus): boolean {
  return file !== null || status === 'empty'
}

export const getDownload = route({
  id: 'getDownload',
  subject: 'Downloads',
  method: 'GET',
  path: '/archive/downloads/{id}',
  summary: 'The state of a download',
  params,
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'Composing has ended',
      content: { 'application/json': schemas.downloadable },
    },
    202: {
      description: 'Composing is in progress',
      headers: ['Location', 'Retry-After'],
      content: { 'application/json': schemas.downloadable },
    },
  },
  handle: async (deps, ask) => stateOf(ask.request, await theirs(deps, ask)),
})

export const getDownloadFile = route({
  id: 'getDownloadFile',
  subject: 'Downloads',
  method: 'GET',
  path: '/archive/downloads/{id}/file',
  summary: 'The file of a download',
  params,
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'The file, if it has no rows; otherwise a redirect',
      headers: ['ETag'],
      content: {
        'application/json': null,
        'application/x-ndjson': null,
        'text/csv': null,
      },
    },
    307: { description: 'Redirects to the file in storage; the link needs no key' },
  },
  handle: async (deps, ask) => {
    const { request, status } = await theirs(deps, ask)
    if (status.status === 'empty' && request.kind === 'rows') return emptyResponse(deps, request)
    if (status.file === null)
      throw new ArchiveError('NOT_FOUND', 'this download has no file, or not yet: poll its status')
    const as = request.kind === 'rows' ? request.as : 'json'
    const fileName = `${request.dataset}-${request.enrollment}.${as}`
    return toDownloadFile(deps, status.file.path, { contentType: contentTypeOf(as), fileName })
  },
})

/** The download, if the caller may read its enrollment. */
async function theirs(
  deps: HttpDeps,
  { params: { id }, caller }: Ask<{ id: string }, unknown>,
): Promise<StoredDownload> {
  const found = await findDownload(deps, id)
  if (caller !== null) checkEnrollment(caller, found.request.enrollment)
  return found
}
