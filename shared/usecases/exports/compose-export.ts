/** The use case of the `archive-exports` worker: composes one answer and records its progress. */
import { createHash } from 'node:crypto'
import { describeError, hasCode } from '../../errors.ts'
import type { Log } from '../../log.ts'
import {
  EXPORT_FORMAT,
  type ExportRequest,
  type ExportStatus,
  exportStatusBytes,
  parseExportRequest,
} from '../../snapshots/export-request.ts'
import { exportFile, exportRequestName, exportStatusName } from '../../snapshots/layout.ts'
import type { BlobReader, ExportStore } from '../../storage/ports.ts'
import type { Composition } from './composition.ts'
import { pinnedSnapshots } from './pinned-snapshots.ts'
import { isInForce, readExportStatus } from './request-export.ts'
import { type ReportFields, rowsFile } from './rows-file.ts'
import { diffComposition, totalsDocument } from './sums-documents.ts'

export interface ComposeDeps {
  readonly exports: ExportStore
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
 * Composes an export. Duplicate or late deliveries change nothing. Rejects if another delivery may succeed; a
 * final failure is recorded in the export's status instead.
 */
export async function composeExport(
  deps: ComposeDeps,
  exportId: string,
  signal: AbortSignal,
): Promise<void> {
  const request = await requestOf(deps, exportId)
  if (request === null) {
    deps.log.info('export.dropped', { export: exportId, why: 'its day is over' })
    return
  }
  const { status, at } = await readExportStatus(deps, exportId)
  if (status !== null && isDone(status, at)) return
  await moveTo(deps, exportId, { status: 'running', file: null, failure: null })
  try {
    const file = await writeFile(deps, exportId, request, signal)
    const next = file.rows === 0 && request.kind === 'rows' ? 'empty' : 'completed'
    await moveTo(deps, exportId, {
      status: next,
      file: next === 'empty' ? null : file,
      failure: null,
    })
    deps.log.info('export.composed', { export: exportId, rows: file.rows, bytes: file.bytes })
  } catch (error) {
    signal.throwIfAborted()
    if (!hasCode(error, ...FINAL_CODES)) throw error
    await recordExportFailure(deps, exportId, error)
  }
}

/** Records why an export can't be composed: at once, or after too many deliveries. */
export async function recordExportFailure(
  deps: Pick<ComposeDeps, 'exports' | 'log'>,
  exportId: string,
  error: unknown,
): Promise<void> {
  const failure = describeError(error)
  deps.log.error('export.failed', { export: exportId, ...failure })
  if ((await deps.exports.read(exportRequestName(exportId))).bytes === null) return // the export has expired
  await moveTo(deps, exportId, { status: 'failed', file: null, failure })
}

/** The request of an export; null if it was never made, or has expired. */
async function requestOf(
  { exports }: Pick<ComposeDeps, 'exports'>,
  exportId: string,
): Promise<ExportRequest | null> {
  const name = exportRequestName(exportId)
  const { bytes } = await exports.read(name)
  return bytes === null ? null : parseExportRequest(bytes, name)
}

/** True if the export is complete (or empty) and still usable. */
function isDone(status: ExportStatus, at: Date): boolean {
  return (status.status === 'completed' || status.status === 'empty') && isInForce(status, at)
}

/**
 * Advances the status; a completed export stays completed, even if a late worker disagrees. There may be no
 * status yet, because the message is sent before it is written.
 */
async function moveTo(
  { exports }: Pick<ComposeDeps, 'exports'>,
  exportId: string,
  to: Pick<ExportStatus, 'status' | 'file' | 'failure'>,
): Promise<void> {
  const name = exportStatusName(exportId)
  for (;;) {
    const { status: found, etag, at } = await readExportStatus({ exports }, exportId)
    if (found !== null && isDone(found, at)) return
    const now = at.toISOString()
    const isOurs = found !== null && isInForce(found, at)
    const requestedAt = isOurs ? found.requestedAt : now
    try {
      const next = { ...found, ...to, format: EXPORT_FORMAT, requestedAt, at: now } as const
      await exports.write(name, exportStatusBytes(next), etag)
      return
    } catch (error) {
      if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
    }
  }
}

async function writeFile(
  deps: ComposeDeps,
  exportId: string,
  request: ExportRequest,
  signal: AbortSignal,
): Promise<NonNullable<ExportStatus['file']>> {
  const { extension, contentType, pieces, rows } = await compositionOf(deps, request)
  const path = exportFile(exportId, deps.newId(), extension)
  const upload = deps.exports.upload(path, { contentType })
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
  request: ExportRequest,
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
