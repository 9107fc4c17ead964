import { isAnswering } from '../read/answering-series.ts'
import { listSeries } from '../read/list-series.ts'
import { readSnapshot } from '../read/read-snapshots.ts'
import { lastSuccess, readState } from '../state/read-state.ts'
import { seriesFailures } from '../state/series-failures.ts'
import { refreshView } from '../view/refresh-view.ts'
import { viewState } from '../view/view-state.ts'
import { driveState } from './drive-plan.ts'
import type { PlanOpener } from './open-again.ts'
import { openAgain } from './open-again.ts'

/** How long lists of billing periods for follow-up plans are cached: the next sweep is soon. */
const LIST_MS = 10 * 60_000

/**
 * Drives everything that has stopped: plans that are sealing or past their deadline, parts whose message can
 * no longer exist, requested follow-up plans, views behind their series. A failing series does not stop the
 * others; failures are thrown at the end.
 */
export async function sweep(archive: PlanOpener): Promise<void> {
  const signal = AbortSignal.timeout(LIST_MS)
  const failures = seriesFailures(archive.log, 'sweep.failed')
  for await (const series of listSeries(archive.state, archive.sources)) {
    await failures.attempt(series, async () => {
      const { state, etag, at } = await readState(archive.state, series)
      if (state === null || etag === null) return
      if (state.status !== 'closed') {
        await driveState(archive, state, etag, at, 'lost')
        if (state.plan.again !== undefined) await openAgain(archive, series, signal)
        return
      }
      if (state.again !== undefined) await openAgain(archive, series, signal)
      const number = lastSuccess(state)?.number ?? null
      if (number === null || (await viewState(archive, series)).number >= number) return
      if (!(await isAnswering(archive, series))) return // the view is another source's
      const newest = await readSnapshot(archive.snapshots, series, number)
      if (newest !== null) await refreshView(archive, newest)
    })
  }
  failures.throwIfAny()
}
