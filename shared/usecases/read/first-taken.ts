import { ArchiveError } from '../../errors.ts'
import type { Series } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readSnapshot, snapshotNumbers } from './read-snapshots.ts'

/**
 * When the oldest snapshot of a series was taken (ISO 8601, UTC); null if there is none. A damaged manifest is
 * skipped, as it must not keep another source from answering; verify reports it.
 */
export async function firstTaken(
  snapshots: Pick<BlobReader, 'list' | 'read'>,
  series: Series,
): Promise<string | null> {
  for (const number of await snapshotNumbers(snapshots, series)) {
    try {
      const snapshot = await readSnapshot(snapshots, series, number)
      if (snapshot !== null) return snapshot.manifest.takenAt
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'FORMAT_INVALID') throw error
    }
  }
  return null
}
