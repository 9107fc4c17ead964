import { ArchiveError } from '../../errors.ts'
import type { ExportRequest } from '../../snapshots/export-request.ts'
import { seriesLabel } from '../../snapshots/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readSnapshot, type Snapshot } from '../read-snapshots.ts'

/** The references by which an export pins its snapshots. */
export function pinsOf(snapshots: readonly Snapshot[]): ExportRequest['snapshots'] {
  return snapshots.map(({ manifest: { billingPeriod, number }, sha256 }) => {
    return { billingPeriod, number, sha256 }
  })
}

/** The snapshots that an export pins; rejects with `DIGEST_MISMATCH` if one has changed. */
export async function pinnedSnapshots(
  reader: BlobReader,
  { source, dataset, enrollment, snapshots }: ExportRequest,
): Promise<Snapshot[]> {
  return Promise.all(
    snapshots.map(async ({ billingPeriod, number, sha256 }) => {
      const series = { source, dataset, enrollment, billingPeriod }
      const found = await readSnapshot(reader, series, number)
      if (found?.sha256 === sha256) return found
      const what = `snapshot ${number} of ${seriesLabel(series)}`
      throw new ArchiveError('DIGEST_MISMATCH', `${what} is not there as it was`)
    }),
  )
}
