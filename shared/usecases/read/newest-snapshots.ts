import { LRUCache } from 'lru-cache'
import { seriesFolder } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { newestSnapshot, readSnapshot, type Snapshot } from './read-snapshots.ts'

/** The newest snapshot of a series, or null if there is none yet. */
export type FindNewest = (series: Series) => Promise<Snapshot | null>

const MAX_SERIES = 10_000

/**
 * Finds newest snapshots, and caches the result for `ttlMs`. After that, one request for the next number
 * suffices, because numbers have no gaps.
 */
export function newestSnapshots(snapshots: BlobReader, ttlMs: number): FindNewest {
  const known = new LRUCache<string, Snapshot, Series>({
    max: MAX_SERIES,
    // The cache reads 0 as unlimited; here it means no caching.
    ttl: Math.max(1, ttlMs),
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
    const options = { context: series, forceRefresh: ttlMs === 0 }
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
