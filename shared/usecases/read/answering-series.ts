/** Looks up in storage which source answers: the one reader through which everything asks. */
import { LRUCache } from 'lru-cache'
import { manifestFolder, manifestNumber } from '../../format/layout.ts'
import { type NamedSeries, type Series, seriesLabel } from '../../format/series.ts'
import { type SourceDefinition, sourcesOffering } from '../../sources/source.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Policy } from '../policy.ts'
import { answeringOrder, resolveSeries, seriesOfLink } from '../resolve-series.ts'
import { firstTaken } from './first-taken.ts'
import { newestSnapshot, type Snapshot } from './read-snapshots.ts'

/** What is needed to find the answering series. */
export interface Answering {
  readonly snapshots: Pick<BlobReader, 'list' | 'read'>
  readonly sources: readonly { readonly definition: SourceDefinition }[]
  readonly policy: Pick<Policy, 'answers'>
}

/** The series that answers for a dataset, enrollment and billing period. */
export async function answeringSeries(archive: Answering, named: NamedSeries): Promise<Series> {
  return (await archivedSeries(archive, named)) ?? resolved(archive, named, [])
}

/** The series that answered at a time (ISO 8601, UTC); the one that answers now if none had a snapshot then. */
export async function answeringAsOf(
  archive: Answering,
  named: NamedSeries,
  asOf: string,
): Promise<Series> {
  return (await archivedSeries(archive, named, asOf)) ?? answeringSeries(archive, named)
}

/** True if `series` is the one that answers for its dataset, enrollment and billing period. */
export async function isAnswering(archive: Answering, series: Series): Promise<boolean> {
  return (await answeringSeries(archive, series)).source === series.source
}

/** The newest snapshot of the answering series, or null if there is none yet. */
export async function newestAnswer(
  archive: Answering,
  named: NamedSeries,
): Promise<Snapshot | null> {
  return newestSnapshot(archive.snapshots, await answeringSeries(archive, named))
}

/** The series that a link to a page means if it names no source. */
export async function linkedSeries(archive: Answering, named: NamedSeries): Promise<Series> {
  const taken = new Map<string, string>()
  const offering = sourcesOffering(archive.sources, named.dataset)
  for (const { definition } of offering.length > 1 ? offering : []) {
    const at = await firstTaken(archive.snapshots, { source: definition.kind, ...named })
    if (at !== null) taken.set(definition.kind, at)
  }
  return seriesOfLink(archive.sources, named, taken)
}

/** Finds the series that answers: now or, with `asOf`, at that time. */
export type FindAnswering = (named: NamedSeries, asOf?: string) => Promise<Series>

const MAX_SERIES = 10_000

/** Finds answering series, and caches those of now for `ttlMs`. */
export function findAnswering(archive: Answering, ttlMs: number): FindAnswering {
  const known = new LRUCache<string, Series, NamedSeries>({
    max: MAX_SERIES,
    // The cache reads 0 as unlimited; here it means no caching.
    ttl: Math.max(1, ttlMs),
    ttlResolution: 0,
    ignoreFetchAbort: true,
    // A missing snapshot is not cached, so a first one is found at once.
    fetchMethod: async (_key, _stale, { context }) =>
      (await archivedSeries(archive, context)) ?? undefined,
  })
  return async (named, asOf) => {
    if (asOf !== undefined) return answeringAsOf(archive, named, asOf)
    const options = { context: named, forceRefresh: ttlMs === 0 }
    return (await known.fetch(seriesLabel(named), options)) ?? resolved(archive, named, [])
  }
}

/** The answering series if it has a snapshot (one taken by `asOf`), else null. */
async function archivedSeries(
  archive: Answering,
  named: NamedSeries,
  asOf?: string,
): Promise<Series | null> {
  const order = answeringOrder(archive.sources, archive.policy.answers, named)
  // Where only one series may answer, there is nothing to look up.
  const unknown = resolved(archive, named, [])
  if (order.every(({ source }) => source === unknown.source)) return unknown
  const archived: string[] = []
  await Promise.all(
    order.map(async (series) => {
      if (await hasSnapshot(archive.snapshots, series, asOf)) archived.push(series.source)
    }),
  )
  return archived.length === 0 ? null : resolved(archive, named, archived)
}

function resolved(
  { sources, policy }: Answering,
  named: NamedSeries,
  archived: readonly string[],
): Series {
  return resolveSeries(sources, policy.answers, named, new Set(archived))
}

async function hasSnapshot(
  snapshots: Answering['snapshots'],
  series: Series,
  asOf: string | undefined,
): Promise<boolean> {
  if (asOf !== undefined) {
    const at = await firstTaken(snapshots, series)
    return at !== null && at <= asOf
  }
  for await (const { name } of snapshots.list(manifestFolder(series))) {
    if (manifestNumber(name) !== null) return true
  }
  return false
}
