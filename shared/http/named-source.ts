/** How answers and links name a source: only where several offer the dataset, as without one it goes without saying. */
import type { Series } from '../format/series.ts'
import type { Snapshot } from '../usecases/read/read-snapshots.ts'
import { sourceToName } from '../usecases/resolve-series.ts'
import type { HttpDeps } from './http-deps.ts'

type Deps = Pick<HttpDeps, 'archive'>

/** A field, or the parameter of a link, that names the source of a series. */
export type NamedSource = { readonly source: string } | { readonly source?: never }

export function namedSource(
  { archive }: Deps,
  series: Pick<Series, 'source' | 'dataset'>,
): NamedSource {
  const source = sourceToName(archive.sources, series)
  return source === null ? {} : { source }
}

/** The header that names the sources of an answer's snapshots. */
export function sourceHeader(deps: Deps, snapshots: readonly Snapshot[]): Record<string, string> {
  const sources = snapshots.flatMap(({ manifest: { source, dataset } }) => {
    return namedSource(deps, { source: source.kind, dataset }).source ?? []
  })
  return sources.length === 0 ? {} : { 'x-archive-source': [...new Set(sources)].join(', ') }
}
