import { LRUCache } from 'lru-cache'
import { enrollmentFolder, seriesOf } from '../../format/layout.ts'
import type { NamedSeries } from '../../format/series.ts'
import { type SourceDefinition, sourcesOffering } from '../../sources/source.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Policy } from '../policy.ts'
import { mayAnswer } from '../resolve-series.ts'

/** A dataset of an enrollment, whatever source its series come from. */
export type SeriesFamily = Omit<NamedSeries, 'billingPeriod'>

/**
 * Billing periods that have data in the archive at a source that answers for them, in order; `all` for a dataset
 * without periods. Determined from the archive itself, because a source's list drops old periods and may be wrong.
 */
export type FindPeriods = (family: SeriesFamily) => Promise<readonly string[]>

const MAX_FAMILIES = 10_000

interface PeriodsDeps {
  readonly snapshots: Pick<BlobReader, 'folders'>
  readonly sources: readonly { readonly definition: SourceDefinition }[]
  readonly policy: Pick<Policy, 'answers'>
}

/** Finds periods, and caches what each source has for `ttlMs`. */
export function findPeriods(
  { snapshots, sources, policy }: PeriodsDeps,
  ttlMs: number,
): FindPeriods {
  const known = new LRUCache<string, readonly string[]>({
    max: MAX_FAMILIES,
    // The cache reads 0 as unlimited; here it means no caching.
    ttl: Math.max(1, ttlMs),
    ttlResolution: 0,
    ignoreFetchAbort: true,
    fetchMethod: async (folder) => {
      const found = await periodsIn(snapshots, folder)
      return found.length === 0 ? undefined : found // an empty result is not cached
    },
  })
  return async ({ dataset, enrollment }) => {
    const periods = new Set<string>()
    for (const { definition } of sourcesOffering(sources, dataset)) {
      const source = definition.kind
      const folder = enrollmentFolder(source, dataset, enrollment)
      const found = (await known.fetch(folder, { forceRefresh: ttlMs === 0 })) ?? []
      for (const billingPeriod of found) {
        const series = { source, dataset, enrollment, billingPeriod }
        if (mayAnswer(sources, policy.answers, series)) periods.add(billingPeriod)
      }
    }
    return [...periods].sort()
  }
}

async function periodsIn(
  snapshots: Pick<BlobReader, 'folders'>,
  folder: string,
): Promise<string[]> {
  const periods: string[] = []
  for await (const below of snapshots.folders(folder)) {
    const series = seriesOf(below)
    if (series !== null) periods.push(series.billingPeriod)
  }
  return periods
}
