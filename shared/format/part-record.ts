import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { canonicalJson } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { partKeySchema, sliceKeySchema } from './series.ts'

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()
const time = z.iso.datetime({ precision: 3 })

/** A file that a part consists of, as manifests and receipts name it. */
export const fileRecordSchema = keeping({
  format: z.enum(['json', 'csv', 'index']),
  /** Name in `billing-snapshots`. */
  path: z.string().min(1),
  rows: count,
  bytes: count,
  sha256: hex64,
  /** The catalogue's version that shaped the file's columns. */
  rowsVersion: z.int().positive(),
  /** The slice whose rows it holds; absent if the part is not cut into slices. */
  slice: sliceKeySchema.optional(),
  /** Of a slice's JSON file: the sum of its rows' SHA-256, modulo 2^256. */
  rowsDigest: hex64.optional(),
})
export type FileRecord = z.infer<typeof fileRecordSchema>

/** A part, as recorded in a manifest. */
export const partRecordSchema = keeping({
  key: partKeySchema,
  /** When the rows were read from the source. */
  fetchedAt: time,
  /** When the source last confirmed that they are unchanged. */
  checkedAt: time,
  rowCount: count,
  totals: z.record(z.string(), z.string()),
  /** Number of values that the totals leave out, by column; absent if there are none. */
  leftOut: z.record(z.string(), z.int().positive()).optional(),
  contentSha256: hex64,
  /** Of a part that is cut into slices: the sum of its rows' SHA-256, modulo 2^256. */
  rowsDigest: hex64.optional(),
  /** The fields beside the rows, each value as its raw JSON text. */
  envelope: z.record(z.string(), z.string()),
  files: z.array(fileRecordSchema),
})
export type PartRecord = z.infer<typeof partRecordSchema>

/** Identifies the source's answer for a conditional request; valid for the same request only. */
export const validatorSchema = keeping({
  url: z.string(),
  etag: z.string(),
  apiVersion: z.string(),
  rowsVersion: z.int().positive(),
})
export type Validator = z.infer<typeof validatorSchema>

/** The result of a finished part. */
export const receiptSchema = keeping({
  attempt: z.string(),
  part: partRecordSchema,
  /** Names of fields that the catalogue did not know. */
  unknownFields: z.array(z.string()),
  /** Differences between its rows and the documented schema, in words. */
  drift: z.array(z.string()).default([]),
  validator: validatorSchema.nullable(),
  /** Requests that the attempt made. */
  requests: count,
  /** False if the files belong to an older receipt. */
  isNew: z.boolean(),
})
export type Receipt = z.infer<typeof receiptSchema>

/** The files of one segment. Most parts have one segment; long ones have more. */
export interface Segment {
  readonly json: FileRecord
  readonly csv: FileRecord
  readonly index: FileRecord
}

/** The segments that `files` make up, in the order of their rows; throws `FORMAT_INVALID`. */
export function segmentsOf(files: readonly FileRecord[]): Segment[] {
  const ofFormat = (format: FileRecord['format']): FileRecord[] =>
    files.filter((file) => file.format === format)
  const [csvs, indexes] = [ofFormat('csv'), ofFormat('index')]
  return ofFormat('json').map((json, i) => {
    const [csv, index] = [csvs[i], indexes[i]]
    if (csv === undefined || index === undefined) {
      throw new ArchiveError('FORMAT_INVALID', `${json.path} has no CSV or no index`)
    }
    return { json, csv, index }
  })
}

/** The segments of all parts, in the order of their rows; throws `FORMAT_INVALID`. */
export function segmentsOfParts(parts: readonly PartRecord[]): Segment[] {
  return parts.flatMap(({ files }) => segmentsOf(files))
}

/** True if both have the same rows, columns of the same version, and the same fields beside the rows. */
export function isSamePart(a: PartRecord, b: PartRecord): boolean {
  return (
    hasSameRows(a, b) &&
    rowsVersionOf(a) === rowsVersionOf(b) &&
    canonicalJson(a.envelope).equals(canonicalJson(b.envelope))
  )
}

/** In a part with slices, rows count in any order: its contentSha256 is that of the order in which they are stored. */
function hasSameRows(a: PartRecord, b: PartRecord): boolean {
  if (a.rowsDigest === undefined || b.rowsDigest === undefined) {
    return a.contentSha256 === b.contentSha256
  }
  return a.rowsDigest === b.rowsDigest && a.rowCount === b.rowCount
}

/** Throws `FORMAT_INVALID` unless all files of a part have the columns of `rowsVersion`: a CSV holds one version. */
export function assertVersion({ key, files }: PartRecord, rowsVersion: number): void {
  const other = files.find((file) => file.rowsVersion !== rowsVersion)
  if (other === undefined) return
  const what = `part ${key}: ${other.path} has columns of version ${other.rowsVersion}`
  throw new ArchiveError('FORMAT_INVALID', `${what}, its snapshot of version ${rowsVersion}`)
}

/** The rowsVersion of a part's files. */
export function rowsVersionOf(part: PartRecord): number {
  return Math.max(1, ...part.files.map((file) => file.rowsVersion))
}
