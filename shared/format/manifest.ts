import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { sha256 } from '../rows/blocks/digest.ts'
import { sumTexts } from '../rows/decimal/decimal.ts'
import { byUtf8, canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { type PartRecord, partRecordSchema } from './part-record.ts'
import { type Series, seriesSchema } from './series.ts'

export const MANIFEST_FORMAT = 'billing-archive/1'

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.iso.datetime({ precision: 3 })

/** The previous snapshot of the series, which makes it a chain. */
export const previousSchema = keeping({
  number: z.int().positive(),
  sha256: hex64,
})

export const manifestSchema = keeping({
  format: z.literal(MANIFEST_FORMAT),
  source: keeping({ kind: seriesSchema.shape.source, apiVersion: z.string() }),
  dataset: seriesSchema.shape.dataset,
  enrollment: seriesSchema.shape.enrollment,
  billingPeriod: seriesSchema.shape.billingPeriod,
  number: z.int().positive(),
  planId: z.string(),
  settled: z.boolean(),
  takenAt: time,
  columns: z.array(z.string()),
  rowsVersion: z.int().positive(),
  unknownFields: z.array(z.string()),
  rowCount: z.int().nonnegative(),
  totals: z.record(z.string(), z.string()),
  contentSha256: hex64,
  parts: z.array(partRecordSchema),
  previous: previousSchema.nullable(),
  writer: keeping({ name: z.string(), version: z.string() }),
})

/**
 * A snapshot: everything that a series contained, as observed by one plan. It exists if and only if its
 * manifest exists.
 */
export type Manifest = z.infer<typeof manifestSchema>

/** Everything that determines a manifest, stored in the plan when it is committed. */
export interface ManifestInput {
  readonly series: Series
  readonly apiVersion: string
  readonly planId: string
  readonly settled: boolean
  readonly takenAt: string
  readonly columns: readonly string[]
  readonly rowsVersion: number
  readonly unknownFields: readonly string[]
  readonly parts: readonly PartRecord[]
  readonly previous: { readonly number: number; readonly sha256: string } | null
  readonly writer: { readonly name: string; readonly version: string }
}

/** Builds the manifest from `input`: a pure function, so every caller gets the same bytes. */
export function makeManifest(input: ManifestInput): Manifest {
  const parts = [...input.parts].sort((a, b) => byUtf8(a.key, b.key))
  return {
    format: MANIFEST_FORMAT,
    source: { kind: input.series.source, apiVersion: input.apiVersion },
    dataset: input.series.dataset,
    enrollment: input.series.enrollment,
    billingPeriod: input.series.billingPeriod,
    number: (input.previous?.number ?? 0) + 1,
    planId: input.planId,
    settled: input.settled,
    takenAt: input.takenAt,
    columns: [...input.columns],
    rowsVersion: input.rowsVersion,
    unknownFields: [...new Set(input.unknownFields)].sort(byUtf8),
    rowCount: parts.reduce((sum, part) => sum + part.rowCount, 0),
    totals: sumTotals(parts),
    contentSha256: snapshotDigest(parts),
    parts,
    previous: input.previous,
    writer: input.writer,
  }
}

/** A snapshot's contentSha256: over the canonical JSON of `[[key, contentSha256], …]`. */
export function snapshotDigest(parts: readonly PartRecord[]): string {
  return sha256(canonicalJson(parts.map((part) => [part.key, part.contentSha256])))
}

/** The bytes of a manifest; its digest covers exactly these. */
export function manifestBytes(manifest: Manifest): Buffer {
  return canonicalJson(manifest)
}

/**
 * Parses a manifest; throws `FORMAT_UNSUPPORTED` for another major version of the format (written by a later
 * program, which should be used instead) and `FORMAT_INVALID` for anything else.
 */
export function parseManifest(bytes: Uint8Array, name: string): Manifest {
  const { format } = parseDocument(z.object({ format: z.string() }), bytes, name)
  if (format !== MANIFEST_FORMAT) {
    throw new ArchiveError(
      'FORMAT_UNSUPPORTED',
      `${name} has the format "${format}", but this program reads "${MANIFEST_FORMAT}": use a newer program`,
    )
  }
  return parseDocument(manifestSchema, bytes, name)
}

/**
 * When the source last confirmed a snapshot's rows: the earliest check of its parts. Long before `takenAt` if
 * its files were rebuilt from stored JSON.
 */
export function confirmedAt({ takenAt, parts }: Manifest): string {
  return parts.reduce(
    (earliest, { checkedAt }) => (checkedAt < earliest ? checkedAt : earliest),
    takenAt,
  )
}

/** The series that a manifest belongs to. */
export function seriesOfManifest(manifest: Manifest): Series {
  const { source, dataset, enrollment, billingPeriod } = manifest
  return { source: source.kind, dataset, enrollment, billingPeriod }
}

function sumTotals(parts: readonly PartRecord[]): Record<string, string> {
  const names = new Set(parts.flatMap((part) => Object.keys(part.totals)))
  return Object.fromEntries(
    [...names].map((name) => [name, sumTexts(parts.map((part) => part.totals[name] ?? '0'))]),
  )
}
