/** Requests an answer that a worker has to compose. */
import type { Allowance } from '../../access/quota.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import {
  EXPORT_FORMAT,
  type ExportRequest,
  type ExportStatus,
  exportIdOf,
  exportMessage,
  exportRequestBytes,
  exportStatusBytes,
  parseExportRequest,
  parseExportStatus,
} from '../../snapshots/export-request.ts'
import { exportRequestName, exportStatusName } from '../../snapshots/layout.ts'
import type { ExportStore, MessageQueue } from '../../storage/ports.ts'

export interface ExportDeps {
  readonly exports: ExportStore
  readonly exportQueue: MessageQueue
}

/** An export with its status. */
export interface StoredExport {
  readonly id: string
  readonly request: ExportRequest
  readonly status: ExportStatus
}

/** Blobs of exports are deleted a day after they were written; their files are used for somewhat less. */
const LIFE_MS = 20 * 3_600_000

/** A message that no worker has taken for this long can no longer exist. */
const MESSAGE_SECONDS = 3_600

/** A failed export can be requested again after this time. */
const FAILED_MS = 60_000

/**
 * Finds the export for `request`, and queues it unless it is already composed or in progress. Repeating a
 * request is free; composing anew counts against the caller's allowance.
 */
export async function requestExport(
  deps: ExportDeps,
  request: ExportRequest,
  allowance: Allowance,
): Promise<StoredExport> {
  const id = exportIdOf(request)
  const name = exportStatusName(id)
  const { status: known, etag, at } = await readExportStatus(deps, id)
  if (known !== null && isInForce(known, at)) return { id, request, status: known }
  allowance.take()

  const requestName = exportRequestName(id)
  const found = await deps.exports.read(requestName)
  const now = at.toISOString()
  const status: ExportStatus = {
    format: EXPORT_FORMAT,
    status: 'queued',
    requestedAt: now,
    at: now,
    file: null,
    failure: null,
  }
  let sent = false
  try {
    await writeRequest(deps, requestName, request, found.etag)
    // The message goes first, then the status: a status "queued" without a message would block all callers
    // for an hour. A faster worker needs only the request.
    await deps.exportQueue.send(exportMessage(id), MESSAGE_SECONDS)
    sent = true
    await deps.exports.write(name, exportStatusBytes(status), etag)
  } catch (error) {
    if (!sent) allowance.giveBack()
    // A worker has started, or another caller asked: their status is newer than ours.
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
    const later = await readExportStatus(deps, id)
    return { id, request, status: later.status ?? status }
  }
  return { id, request, status }
}

/** Rewrites the request together with its status, so that it lives as long as the status. */
async function writeRequest(
  { exports }: Pick<ExportDeps, 'exports'>,
  name: string,
  request: ExportRequest,
  etag: string | null,
): Promise<void> {
  try {
    await exports.write(name, exportRequestBytes(request), etag)
  } catch (error) {
    // Another caller makes the same request at the same time.
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
  }
}

/** The status of an export; null if there is none, or it is unreadable, which is treated the same. */
export async function readExportStatus(
  { exports }: Pick<ExportDeps, 'exports'>,
  id: string,
): Promise<{ status: ExportStatus | null; etag: string | null; at: Date }> {
  const name = exportStatusName(id)
  const { bytes, etag, at } = await exports.read(name)
  try {
    return { status: bytes === null ? null : parseExportStatus(bytes, name), etag, at }
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return { status: null, etag, at }
    throw error
  }
}

/** The export with that id; rejects with `NOT_FOUND` if it was never requested or has expired. */
export async function findExport(
  { exports }: Pick<ExportDeps, 'exports'>,
  id: string,
): Promise<StoredExport> {
  const [request, status] = await Promise.all([
    exports.read(exportRequestName(id)),
    exports.read(exportStatusName(id)),
  ])
  if (request.bytes === null || status.bytes === null) {
    throw new ArchiveError('NOT_FOUND', 'there is no such export; exports live for a day')
  }
  return {
    id,
    request: parseExportRequest(request.bytes, exportRequestName(id)),
    status: parseExportStatus(status.bytes, exportStatusName(id)),
  }
}

/** True if the status is still current. Exports live for a day, and messages for an hour. */
export function isInForce({ status, at }: ExportStatus, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(at)
  if (status === 'failed') return ageMs < FAILED_MS
  if (status === 'completed' || status === 'empty') return ageMs < LIFE_MS
  return ageMs < MESSAGE_SECONDS * 1_000
}
