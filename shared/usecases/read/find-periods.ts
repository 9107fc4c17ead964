import { LRUCache } from 'lru-cache'
import { enrollmentFolder, seriesOf } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'

/** A dataset of an enrollment. */
export type SeriesFamily = Omit<Series, 'billingPeriod'>

/**
 * Billing periods that have data in the archive, in order; `all` for a dataset without periods. Determined
 * from the archive itself, because the source's list drops old periods and may be wrong.
 */
export type FindPeriods = (family: SeriesFamily) => Promise<readonly string[]>

const MAX_FAMILIES = 10_000

/** Finds periods, and caches the result for `ttlMs`. */
export function findPeriods(snapshots: Pick<BlobReader, 'folders'>, ttlMs: number): FindPeriods {
  const known = new LRUCache<string, readonly string[], SeriesFamily>({
    max: MAX_FAMILIES,
    // The cache reads 0 as unlimited; here it means no caching.
    ttl: Math.max(1, ttlMs),
    ttlResolution: 0,
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context }) => {
      const found = await periodsIn(snapshots, context)
      return found.length === 0 ? undefined : found // an empty result is not cached
    },
  })
  return async (family) => {
    const options = { context: family, forceRefresh: ttlMs === 0 }
    return (await known.fetch(folderOf(family), options)) ?? []
  }
}

function folderOf({ source, dataset, enrollment }: SeriesFamily): string {
  return enrollmentFolder(source, dataset, enrollment)
}

async function periodsIn(
  snapshots: Pick<BlobReader, 'folders'>,
  family: SeriesFamily,
): Promise<string[]> {
  const periods: string[] = []
  for await (const below of snapshots.folders(folderOf(family))) {
    const series = seriesOf(below)
    if (series !== null) periods.push(series.billingPeriod)
  }
  return periods.sort()
}
