import type { Series } from '../../format/series.ts'
import type { Plan } from '../../format/series-state.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { newestSnapshot, readSnapshot, type Snapshot } from '../read/read-snapshots.ts'

/** The newest snapshot of a series, and the one that a plan made, which may be the same. */
export interface OwnSnapshot {
  readonly newest: Snapshot | null
  /** Null if the plan has made none yet. */
  readonly own: Snapshot | null
}

/**
 * Looks for the snapshot of a plan whose state does not mention one: the writer died before recording it, or
 * the state was restored from an earlier time. A manifest that names the plan is authoritative.
 */
export async function findOwnSnapshot(
  snapshots: BlobReader,
  series: Series,
  { id, openedAt }: Pick<Plan, 'id' | 'openedAt'>,
): Promise<OwnSnapshot> {
  const newest = await newestSnapshot(snapshots, series)
  let found = newest
  // A snapshot taken before the plan was opened can't be its own.
  while (found !== null && found.manifest.planId !== id && found.manifest.takenAt >= openedAt) {
    const { number } = found.manifest
    found = number === 1 ? null : await readSnapshot(snapshots, series, number - 1)
  }
  return { newest, own: found?.manifest.planId === id ? found : null }
}
