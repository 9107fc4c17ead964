import type { Snapshot } from '../read/read-snapshots.ts'

/** What a Parquet file's footer says of its snapshot, for readers that have only the file. */
export function parquetNotes({ manifest, sha256 }: Snapshot): ReadonlyMap<string, string> {
  return new Map([
    ['source', manifest.source.kind],
    ['dataset', manifest.dataset],
    ['enrollment', manifest.enrollment],
    ['billingPeriod', manifest.billingPeriod],
    ['number', String(manifest.number)],
    ['takenAt', manifest.takenAt],
    ['manifest', sha256],
  ])
}
