import { seriesLabel } from '../../shared/snapshots/series.ts'
import { listSeries } from '../../shared/usecases/list-series.ts'
import { newestSnapshot } from '../../shared/usecases/read-snapshots.ts'
import { rebuildState } from '../../shared/usecases/rebuild-state.ts'
import { rebuildView } from '../../shared/usecases/refresh-view.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok } from '../outcome.ts'

/** Makes the views anew from the newest snapshots. */
export async function rebuildViews({ deps, say }: Context, filter: Filter): Promise<Outcome> {
  const { archive } = deps
  const made: string[] = []
  for await (const series of listSeries(archive.snapshots, archive.source.kind)) {
    if (!matches(filter)(series)) continue
    const newest = await newestSnapshot(archive.snapshots, series)
    if (newest === null) continue
    await rebuildView(archive, newest)
    made.push(seriesLabel(series))
    say(`${seriesLabel(series)}: snapshot ${newest.manifest.number}`)
  }
  return ok(`${made.length} views made`, { made })
}

/** Makes states that are gone from the newest snapshots; those that are there stay. */
export async function rebuildStates({ deps, say }: Context, filter: Filter): Promise<Outcome> {
  const { archive } = deps
  const made: string[] = []
  const kept: string[] = []
  for await (const series of listSeries(archive.snapshots, archive.source.kind)) {
    if (!matches(filter)(series)) continue
    const result = await rebuildState(archive, series)
    say(`${seriesLabel(series)}: ${result}`)
    if (result === 'made') made.push(seriesLabel(series))
    if (result === 'kept') kept.push(seriesLabel(series))
  }
  return ok(`${made.length} states made, ${kept.length} were there`, { made, kept })
}
