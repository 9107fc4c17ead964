import { ArchiveError } from '../../errors.ts'
import type { DownloadRequest } from '../../format/download-request.ts'
import { seriesLabel } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readSnapshot, type Snapshot } from '../read/read-snapshots.ts'

/** The references by which a download pins its snapshots. */
export function pinsOf(snapshots: readonly Snapshot[]): DownloadRequest['snapshots'] {
  return snapshots.map(({ manifest: { billingPeriod, number }, sha256 }) => {
    return { billingPeriod, number, sha256 }
  })
}

/** The snapshots that a download pins; rejects with `DIGEST_MISMATCH` if one has changed. */
export async function pinnedSnapshots(
  reader: BlobReader,
  { source, dataset, enrollment, snapshots }: DownloadRequest,
): Promise<Snapshot[]> {
  return Promise.all(
    snapshots.map(async ({ billingPeriod, number, sha256 }) => {
      const series = { source, dataset, enrollment, billingPeriod }
      const found = await readSnapshot(reader, series, number)
      if (found?.sha256 === sha256) return found
      const what = `snapshot ${number} of ${seriesLabel(series)}`
      throw new ArchiveError('DIGEST_MISMATCH', `${what} is missing or has changed`)
    }),
  )
}
