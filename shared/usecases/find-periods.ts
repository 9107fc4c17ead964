import { LRUCache } from 'lru-cache'
import { enrollmentFolder, seriesOf } from '../snapshots/layout.ts'
import type { Series } from '../snapshots/series.ts'
import type { BlobReader } from '../storage/ports.ts'

/** A dataset of an enrollment. */
export type SeriesFamily = Omit<Series, 'billingPeriod'>

/**
 * Billing periods of which there is something in the archive, in their order; `all` for a dataset that has none.
 * The archive itself tells, for the source's list forgets old periods, and may be wrong.
 */
export type FindPeriods = (family: SeriesFamily) => Promise<readonly string[]>

const MAX_FAMILIES = 10_000

/** Finds periods, and believes for `believedMs` what it found. */
export function findPeriods(
  snapshots: Pick<BlobReader, 'folders'>,
  believedMs: number,
): FindPeriods {
  const known = new LRUCache<string, readonly string[], SeriesFamily>({
    max: MAX_FAMILIES,
    // 0 would mean for ever to the cache; here it means not at all.
    ttl: Math.max(1, believedMs),
    ttlResolution: 0,
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context }) => {
      const found = await periodsIn(snapshots, context)
      return found.length === 0 ? undefined : found // nothing is asked for again each time
    },
  })
  return async (family) => {
    const options = { context: family, forceRefresh: believedMs === 0 }
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
