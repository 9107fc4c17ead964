/** Requests an answer that a worker has to compose. */
import type { Allowance } from '../../access/quota.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import {
  DOWNLOAD_FORMAT,
  type DownloadRequest,
  type DownloadStatus,
  downloadIdOf,
  downloadMessage,
  downloadRequestBytes,
  downloadStatusBytes,
  parseDownloadRequest,
  parseDownloadStatus,
} from '../../format/download-request.ts'
import { downloadRequestName, downloadStatusName } from '../../format/layout.ts'
import type { DownloadStore, MessageQueue } from '../../storage/ports.ts'

export interface DownloadDeps {
  readonly downloads: DownloadStore
  readonly downloadQueue: MessageQueue
}

/** A download with its status. */
export interface StoredDownload {
  readonly id: string
  readonly request: DownloadRequest
  readonly status: DownloadStatus
}

/** Blobs of downloads are deleted a day after they were written; their files are used for somewhat less. */
const LIFE_MS = 20 * 3_600_000

/** A message that no worker has taken for this long can no longer exist. */
const MESSAGE_SECONDS = 3_600

/** A failed download can be requested again after this time. */
const FAILED_MS = 60_000

/**
 * Finds the download for `request`, and queues it unless it is already composed or in progress. Repeating a
 * request is free; composing an answer counts against the caller's allowance.
 */
export async function requestDownload(
  deps: DownloadDeps,
  request: DownloadRequest,
  allowance: Allowance,
): Promise<StoredDownload> {
  const id = downloadIdOf(request)
  const name = downloadStatusName(id)
  const { status: known, etag, at } = await readDownloadStatus(deps, id)
  if (known !== null && isInForce(known, at)) return { id, request, status: known }
  allowance.take()

  const requestName = downloadRequestName(id)
  const found = await deps.downloads.read(requestName)
  const now = at.toISOString()
  const status: DownloadStatus = {
    format: DOWNLOAD_FORMAT,
    status: 'queued',
    requestedAt: now,
    at: now,
    file: null,
    failure: null,
  }
  let sent = false
  try {
    // Together with its status, so that it lives as long as the status. After a conflict another caller made the
    // same request.
    await deps.downloads.write(requestName, downloadRequestBytes(request), found.etag)
    // The message goes first, then the status: a status "queued" without a message would block all callers
    // for an hour. A faster worker needs only the request.
    await deps.downloadQueue.send(downloadMessage(id), MESSAGE_SECONDS)
    sent = true
    const written = await deps.downloads.write(name, downloadStatusBytes(status), etag)
    if (written !== null) return { id, request, status }
  } catch (error) {
    if (!sent) allowance.giveBack()
    throw error
  }
  // A worker has started, or another caller asked: their status is newer than ours.
  const later = await readDownloadStatus(deps, id)
  return { id, request, status: later.status ?? status }
}

/** The status of a download; null if there is none, or it is unreadable, which is treated the same. */
export async function readDownloadStatus(
  { downloads }: Pick<DownloadDeps, 'downloads'>,
  id: string,
): Promise<{ status: DownloadStatus | null; etag: string | null; at: Date }> {
  const name = downloadStatusName(id)
  const { bytes, etag, at } = await downloads.read(name)
  try {
    return { status: bytes === null ? null : parseDownloadStatus(bytes, name), etag, at }
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return { status: null, etag, at }
    throw error
  }
}

/** The download with that id; rejects with `NOT_FOUND` if it was never requested or has expired. */
export async function findDownload(
  { downloads }: Pick<DownloadDeps, 'downloads'>,
  id: string,
): Promise<StoredDownload> {
  const [request, status] = await Promise.all([
    downloads.read(downloadRequestName(id)),
    downloads.read(downloadStatusName(id)),
  ])
  if (request.bytes === null || status.bytes === null) {
    throw new ArchiveError('NOT_FOUND', 'there is no such download; downloads expire after a day')
  }
  return {
    id,
    request: parseDownloadRequest(request.bytes, downloadRequestName(id)),
    status: parseDownloadStatus(status.bytes, downloadStatusName(id)),
  }
}

/** True if the status is still current. Downloads live for a day, and messages for an hour. */
export function isInForce({ status, at }: DownloadStatus, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(at)
  if (status === 'failed') return ageMs < FAILED_MS
  if (status === 'completed' || status === 'empty') return ageMs < LIFE_MS
  return ageMs < MESSAGE_SECONDS * 1_000
}
