import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { sha256 } from '../rows/blocks/digest.ts'
import { OPERATORS } from '../rows/select/condition.ts'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { enrollmentSchema, seriesSchema } from './series.ts'

export const DOWNLOAD_FORMAT = 'billing-archive-download/1'

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const names = z.array(z.string())
const time = z.iso.datetime({ precision: 3 })

const where = z.array(
  z.object({ column: z.string(), operator: z.enum(OPERATORS), value: z.string() }),
)

/** `text`: numbers in rows as strings of their digits; absent: as numbers. */
const decimals = z.literal('text').optional()

const common = {
  format: z.literal(DOWNLOAD_FORMAT),
  /** The source of every snapshot that names no other. */
  source: seriesSchema.shape.source,
  dataset: seriesSchema.shape.dataset,
  enrollment: enrollmentSchema,
  /** The snapshots that the answer is made from, in this order. */
  snapshots: z.array(
    z.object({
      source: seriesSchema.shape.source.optional(),
      billingPeriod: seriesSchema.shape.billingPeriod,
      number: z.int().positive(),
      sha256: hex64,
    }),
  ),
  where,
}

const requestSchema = z.discriminatedUnion('kind', [
  /** The rows of all snapshots in one file. */
  z.object({
    ...common,
    kind: z.literal('rows'),
    /** `report-csv`: in the format of the old API's CSV reports. */
    as: z.enum(['csv', 'json', 'ndjson', 'report-csv']),
    /** The catalogue version that determines the columns. */
    rowsVersion: z.int().positive(),
    dates: z.object({ first: z.iso.date(), last: z.iso.date() }).nullable(),
    dropFields: names,
    rename: z.record(z.string(), z.string()),
    select: names.nullable(),
    decimals,
  }),
  /** Exact sums over all snapshots. */
  z.object({ ...common, kind: z.literal('totals'), groupBy: names, sum: names }),
  /** What changed from the first snapshot to the second. */
  z.object({
    ...common,
    kind: z.literal('diff'),
    /** How many changed rows to include; absent for none. */
    changes: z.int().positive().optional(),
    decimals,
  }),
])

/** An answer that a worker composes: everything that determines its content, and nothing else. */
export type DownloadRequest = z.infer<typeof requestSchema>
export type RowsDownload = Extract<DownloadRequest, { kind: 'rows' }>
export type TotalsDownload = Extract<DownloadRequest, { kind: 'totals' }>
export type DiffDownload = Extract<DownloadRequest, { kind: 'diff' }>

export function downloadRequestBytes(request: DownloadRequest): Buffer {
  return canonicalJson(request)
}

/** The same request for the same snapshots has the same id, so it is composed once. */
export function downloadIdOf(request: DownloadRequest): string {
  return sha256(downloadRequestBytes(request))
}

/** Reads a request; throws `FORMAT_INVALID`. */
export function parseDownloadRequest(bytes: Uint8Array, name: string): DownloadRequest {
  return parseDocument(requestSchema, bytes, name)
}

export const downloadStatusSchema = keeping({
  format: z.literal(DOWNLOAD_FORMAT),
  /** `empty`: there are no rows, so there is no file. */
  status: z.enum(['queued', 'running', 'completed', 'empty', 'failed']),
  /** When it was requested, and when it reached this status. */
  requestedAt: time,
  at: time,
  /** The file in `billing-downloads`; null unless completed. */
  file: keeping({
    path: z.string(),
    bytes: z.int().positive(),
    rows: z.int(),
    sha256: hex64,
  }).nullable(),
  failure: keeping({ code: z.string(), message: z.string() }).nullable(),
})

/** The progress of composing an answer. */
export type DownloadStatus = z.infer<typeof downloadStatusSchema>

export function downloadStatusBytes(status: DownloadStatus): Buffer {
  return canonicalJson(status)
}

/** Reads a status; throws `FORMAT_INVALID`. */
export function parseDownloadStatus(bytes: Uint8Array, name: string): DownloadStatus {
  return parseDocument(downloadStatusSchema, bytes, name)
}

const messageSchema = z.object({ downloadId: hex64 })

export function downloadMessage(downloadId: string): string {
  return JSON.stringify(messageSchema.parse({ downloadId }))
}

/** The id in a queue message's parsed body; throws `FORMAT_INVALID`. */
export function parseDownloadMessage(body: unknown): string {
  const result = messageSchema.safeParse(body)
  if (result.success) return result.data.downloadId
  const why = z.prettifyError(result.error)
  throw new ArchiveError('FORMAT_INVALID', `not a download message: ${why}`)
}
