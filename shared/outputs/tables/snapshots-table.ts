/** The table `snapshots`: one record for each snapshot of a series, so that reports show history without reading rows. */
import type { Manifest } from '../../format/manifest.ts'
import { csvRecord, type TableColumns } from './table.ts'

/** The folder's columns `enrollment` and `period` have other names here, because some readers add them to the table. */
export const SNAPSHOT_COLUMNS = {
  dataset: 'text',
  source: 'text',
  enrollmentNumber: 'text',
  billingPeriod: 'text',
  number: 'decimal',
  takenAt: 'text',
  settled: 'boolean',
  rows: 'decimal',
  /** The total that is shown first; null for datasets without one. */
  cost: 'decimal',
  /** All totals, as a JSON object. */
  totals: 'text',
  /** Values that the totals leave out, by column, as a JSON object; null if there are none. */
  leftOut: 'text',
  contentSha256: 'text',
  manifestSha256: 'text',
} as const satisfies TableColumns<string>

/** The record of a snapshot. `costColumn`: the column whose total is its cost. */
export function snapshotRecord(
  manifest: Manifest,
  manifestSha256: string,
  costColumn: string | null,
): string {
  const { dataset, source, enrollment, billingPeriod, totals, parts } = manifest
  const leftOut: Record<string, number> = {}
  for (const part of parts) {
    for (const [name, count] of Object.entries(part.leftOut ?? {})) {
      leftOut[name] = (leftOut[name] ?? 0) + count
    }
  }
  return csvRecord(SNAPSHOT_COLUMNS, {
    dataset,
    source: source.kind,
    enrollmentNumber: enrollment,
    billingPeriod,
    number: String(manifest.number),
    takenAt: manifest.takenAt,
    settled: String(manifest.settled),
    rows: String(manifest.rowCount),
    cost: costColumn === null ? null : (totals[costColumn] ?? null),
    totals: JSON.stringify(totals),
    leftOut: Object.keys(leftOut).length === 0 ? null : JSON.stringify(leftOut),
    contentSha256: manifest.contentSha256,
    manifestSha256,
  })
}
