import { listSeries } from '../../shared/usecases/read/list-series.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { seriesFailures } from '../../shared/usecases/state/series-failures.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'
import { sure } from './sure.ts'

/** Rebuilds the views from the newest snapshots. */
export async function rebuildViews(context: Context, filter: Filter): Promise<Outcome> {
  const { deps, say } = context
  const { archive } = deps
  const failures = seriesFailures(archive.log, 'rebuild.failed', say)
  await sure(context, filter, 'Rebuild the views')
  const made: string[] = []
  for await (const series of listSeries(archive.snapshots, archive.sources)) {
    if (!matches(filter)(series)) continue
    const label = labelOf(context, series)
    await failures.attempt(label, async () => {
      const newest = await newestSnapshot(archive.snapshots, series)
      if (newest === null) return
      if (!(await rebuildView(archive, newest))) return // the view is another source's
      made.push(label)
      say(`${label}: snapshot ${newest.manifest.number}`)
    })
  }
  return outcome(`${counted(made.length, 'view')} rebuilt`, { made }, failures.count())
}

/** Rebuilds missing states from the newest snapshots; existing states are kept. */
export async function rebuildStates(context: Context, filter: Filter): Promise<Outcome> {
  const { deps, say } = context
  const { archive } = deps
  const failures = seriesFailures(archive.log, 'rebuild.failed', say)
  await sure(context, filter, 'Rebuild missing states')
  const made: string[] = []
  const kept: string[] = []
  for await (const series of listSeries(archive.snapshots, archive.sources)) {
    if (!matches(filter)(series)) continue
    const label = labelOf(context, series)
    await failures.attempt(label, async () => {
      const result = await rebuildState(archive, series)
      say(`${label}: ${result}`)
      if (result === 'made') made.push(label)
      if (result === 'kept') kept.push(label)
    })
  }
  const text = `${counted(made.length, 'state')} rebuilt, ${kept.length} kept`
  return outcome(text, { made, kept }, failures.count())
}

/** Exit code 1 if one failed; the others were rebuilt anyway. */
function outcome(text: string, json: object, failed: number): Outcome {
  if (failed === 0) return { text, json, exitCode: 0 }
  return { text: `${text}, ${failed} FAILED`, json: { ...json, failed }, exitCode: 1 }
}
