/** The use case of the `archive-downloads` worker: composes one answer and records its progress. */
import { createHash } from 'node:crypto'
import { describeError, hasCode } from '../../errors.ts'
import {
  DOWNLOAD_FORMAT,
  type DownloadRequest,
  type DownloadStatus,
  downloadStatusBytes,
  parseDownloadRequest,
} from '../../format/download-request.ts'
import { downloadFile, downloadRequestName, downloadStatusName } from '../../format/layout.ts'
import type { Log } from '../../log.ts'
import type { BlobReader, DownloadStore } from '../../storage/ports.ts'
import type { Composition } from './composition.ts'
import { pinnedSnapshots } from './pinned-snapshots.ts'
import { isInForce, readDownloadStatus } from './request-download.ts'
import { type ReportFields, rowsFile } from './rows-file.ts'
import { diffComposition, totalsDocument } from './sums-documents.ts'

export interface ComposeDeps {
  readonly downloads: DownloadStore
  readonly snapshots: BlobReader
  readonly log: Log
  readonly newId: () => string
  readonly reportFields: ReportFields
}

/** Failures that retrying the message can't fix. */
const FINAL_CODES = [
  'BAD_REQUEST',
  'NOT_FOUND',
  'BLOB_NOT_FOUND',
  'FORMAT_INVALID',
  'FORMAT_UNSUPPORTED',
  'DIGEST_MISMATCH',
] as const

/**
 * Composes a download. Duplicate or late deliveries change nothing. Rejects if another delivery may succeed; a
 * final failure is recorded in the download's status instead.
 */
export async function composeDownload(
  deps: ComposeDeps,
  downloadId: string,
  signal: AbortSignal,
): Promise<void> {
  const request = await requestOf(deps, downloadId)
  if (request === null) {
    deps.log.info('download.dropped', { download: downloadId, why: 'its request has expired' })
    return
  }
  const { status, at } = await readDownloadStatus(deps, downloadId)
  if (status !== null && isDone(status, at)) return
  await moveTo(deps, downloadId, { status: 'running', file: null, failure: null })
  try {
    const file = await writeFile(deps, downloadId, request, signal)
    const next = file.rows === 0 && request.kind === 'rows' ? 'empty' : 'completed'
    await moveTo(deps, downloadId, {
      status: next,
      file: next === 'empty' ? null : file,
      failure: null,
    })
    deps.log.info('download.composed', { download: downloadId, rows: file.rows, bytes: file.bytes })
  } catch (error) {
    signal.throwIfAborted()
    if (!hasCode(error, ...FINAL_CODES)) throw error
    await recordDownloadFailure(deps, downloadId, error)
  }
}

/** Records why a download can't be composed: at once, or after too many deliveries. */
export async function recordDownloadFailure(
  deps: Pick<ComposeDeps, 'downloads' | 'log'>,
  downloadId: string,
  error: unknown,
): Promise<void> {
  const failure = describeError(error)
  deps.log.error('download.failed', { download: downloadId, ...failure })
  if ((await deps.downloads.read(downloadRequestName(downloadId))).bytes === null) return // the download has expired
  await moveTo(deps, downloadId, { status: 'failed', file: null, failure })
}

/** The request of a download; null if it was never made, or has expired. */
async function requestOf(
  { downloads }: Pick<ComposeDeps, 'downloads'>,
  downloadId: string,
): Promise<DownloadRequest | null> {
  const name = downloadRequestName(downloadId)
  const { bytes } = await downloads.read(name)
  return bytes === null ? null : parseDownloadRequest(bytes, name)
}

/** True if the download is complete (or empty) and still usable. */
function isDone(status: DownloadStatus, at: Date): boolean {
  return (status.status === 'completed' || status.status === 'empty') && isInForce(status, at)
}

/**
 * Advances the status; a completed download stays completed, even if a late worker disagrees. There may be no
 * status yet, because the message is sent before it is written.
 */
async function moveTo(
  { downloads }: Pick<ComposeDeps, 'downloads'>,
  downloadId: string,
  to: Pick<DownloadStatus, 'status' | 'file' | 'failure'>,
): Promise<void> {
  const name = downloadStatusName(downloadId)
  for (;;) {
    const { status: found, etag, at } = await readDownloadStatus({ downloads }, downloadId)
    if (found !== null && isDone(found, at)) return
    const now = at.toISOString()
    const isOurs = found !== null && isInForce(found, at)
    const requestedAt = isOurs ? found.requestedAt : now
    const next = { ...found, ...to, format: DOWNLOAD_FORMAT, requestedAt, at: now } as const
    if ((await downloads.write(name, downloadStatusBytes(next), etag)) !== null) return
  }
}

async function writeFile(
  deps: ComposeDeps,
  downloadId: string,
  request: DownloadRequest,
  signal: AbortSignal,
): Promise<NonNullable<DownloadStatus['file']>> {
  const { extension, contentType, pieces, rows } = await compositionOf(deps, request)
  const path = downloadFile(downloadId, deps.newId(), extension)
  const upload = deps.downloads.upload(path, { contentType })
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      hash.update(piece)
      bytes += piece.length
      await upload.write(piece)
    }
    const sha256 = hash.digest('hex')
    if (rows() > 0 || request.kind !== 'rows') await upload.commit(sha256)
    return { path, bytes, rows: rows(), sha256 }
  } finally {
    upload.abandon()
  }
}

async function compositionOf(
  { snapshots: reader, reportFields }: ComposeDeps,
  request: DownloadRequest,
): Promise<Composition> {
  const snapshots = await pinnedSnapshots(reader, request)
  switch (request.kind) {
    case 'rows':
      return rowsFile(reader, snapshots, request, reportFields)
    case 'totals':
      return totalsDocument(reader, snapshots, request)
    case 'diff':
      return diffComposition(reader, snapshots, request)
  }
}
