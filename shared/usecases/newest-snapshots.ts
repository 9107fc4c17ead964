import { LRUCache } from 'lru-cache'
import { seriesFolder } from '../snapshots/layout.ts'
import type { Series } from '../snapshots/series.ts'
import type { BlobReader } from '../storage/ports.ts'
import { newestSnapshot, readSnapshot, type Snapshot } from './read-snapshots.ts'

/** The newest snapshot of a series, or null if there is none yet. */
export type FindNewest = (series: Series) => Promise<Snapshot | null>

const MAX_SERIES = 10_000

/**
 * Finds newest snapshots, and believes for `believedMs` what it found. After that the next number is
 * asked for, which is one request: numbers have no gaps.
 */
export function newestSnapshots(snapshots: BlobReader, believedMs: number): FindNewest {
  const known = new LRUCache<string, Snapshot, Series>({
    max: MAX_SERIES,
    // 0 would mean for ever to the cache; here it means not at all.
    ttl: Math.max(1, believedMs),
    ttlResolution: 0,
    ignoreFetchAbort: true,
    fetchMethod: async (_key, stale, { context: series }) => {
      const found =
        stale === undefined
          ? await newestSnapshot(snapshots, series)
          : await newerThan(snapshots, series, stale)
      return found ?? undefined
    },
  })
  return async (series) => {
    const options = { context: series, forceRefresh: believedMs === 0 }
    return (await known.fetch(seriesFolder(series), options)) ?? null
  }
}

async function newerThan(
  snapshots: BlobReader,
  series: Series,
  known: Snapshot,
): Promise<Snapshot> {
  let newest = known
  for (;;) {
    const next = await readSnapshot(snapshots, series, newest.manifest.number + 1)
    if (next === null) return newest
    newest = next
  }
}
