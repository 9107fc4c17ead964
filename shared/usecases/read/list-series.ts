import { SERIES_DEPTH, seriesOf, sourceFolder } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import type { SourceDefinition } from '../../sources/source.ts'
import type { BlobReader } from '../../storage/ports.ts'

type Folders = Pick<BlobReader, 'folders'>

/**
 * Every series of these sources that has a folder in `store` (snapshots or state), found by folder, not file
 * by file.
 */
export async function* listSeries(
  store: Folders,
  sources: readonly { readonly definition: Pick<SourceDefinition, 'kind'> }[],
): AsyncGenerator<Series> {
  for (const { definition } of sources) {
    yield* seriesBelow(store, sourceFolder(definition.kind), SERIES_DEPTH)
  }
}

/**
 * Every series that has a folder in `store`, including sources and datasets that only a newer program knows.
 */
export function listEverySeries(store: Folders): AsyncGenerator<Series> {
  return seriesBelow(store, '', SERIES_DEPTH + 1)
}

async function* seriesBelow(store: Folders, folder: string, depth: number): AsyncGenerator<Series> {
  if (depth === 0) {
    const series = seriesOf(folder)
    if (series !== null) yield series
    return
  }
  for await (const below of store.folders(folder)) yield* seriesBelow(store, below, depth - 1)
}
