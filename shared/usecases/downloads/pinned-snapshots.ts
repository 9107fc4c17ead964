import { ArchiveError } from '../../errors.ts'
import type { DownloadRequest } from '../../format/download-request.ts'
import { seriesLabel } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readSnapshot, type Snapshot } from '../read/read-snapshots.ts'

/**
 * The references with which a download of `source` pins its snapshots; those of other sources include their
 * source.
 */
export function pinsOf(
  snapshots: readonly Snapshot[],
  source: string,
): DownloadRequest['snapshots'] {
  return snapshots.map(({ manifest: { source: own, billingPeriod, number }, sha256 }) => {
    const pin = { billingPeriod, number, sha256 }
    return own.kind === source ? pin : { ...pin, source: own.kind }
  })
}

/** The snapshots that a download pins; rejects with `DIGEST_MISMATCH` if one has changed. */
export async function pinnedSnapshots(
  reader: BlobReader,
  { source, dataset, enrollment, snapshots }: DownloadRequest,
): Promise<Snapshot[]> {
  return Promise.all(
    snapshots.map(async ({ source: own, billingPeriod, number, sha256 }) => {
      const series = { source: own ?? source, dataset, enrollment, billingPeriod }
      const found = await readSnapshot(reader, series, number)
      if (found?.sha256 === sha256) return found
      const what = `snapshot ${number} of ${seriesLabel(series)}`
      throw new ArchiveError('DIGEST_MISMATCH', `${what} is missing or has changed`)
    }),
  )
}
