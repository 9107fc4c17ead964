import type { Series } from '../../format/series.ts'
import { isAnswering } from '../read/answering-series.ts'
import { listSeries } from '../read/list-series.ts'
import { readSnapshot, snapshotNumbers } from '../read/read-snapshots.ts'
import { lastSuccess, readState } from '../state/read-state.ts'
import { seriesFailures } from '../state/series-failures.ts'
import { refreshView } from '../view/refresh-view.ts'
import { lastWritten, viewState } from '../view/view-state.ts'
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
  const failures = seriesFailures(archive.log, 'sweep.failed')
  const closed: Closed[] = []
  for await (const series of listSeries(archive.state, archive.sources)) {
    await failures.attempt(series, async () => {
      const { state, etag, at } = await readState(archive.state, series)
      if (state === null || etag === null) return
      const signal = AbortSignal.timeout(LIST_MS)
      if (state.status !== 'closed') {
        await driveState(archive, state, etag, at, 'lost')
        if (state.plan.again !== undefined) await openAgain(archive, series, signal)
        return
      }
      if (state.again !== undefined) await openAgain(archive, series, signal)
      const closedAt = state.outcomes[0]?.closedAt ?? ''
      const isRecent = at.getTime() - Date.parse(closedAt) < RECENT_MS
      closed.push({ series, number: lastSuccess(state)?.number ?? null, isRecent })
    })
  }
  // Views come last: one may take minutes, and plans must not wait for it.
  for (const one of closed) {
    await failures.attempt(one.series, () => updateView(archive, one))
  }
  failures.throwIfAny()
}

/** A series whose last plan is closed. */
interface Closed {
  readonly series: Series
  /** Number of the newest snapshot; null if the state does not say. */
  readonly number: number | null
  readonly isRecent: boolean
}

/** For so long after its plan was closed, all files of a view are looked at, and later only those that are written last. */
const RECENT_MS = 24 * 3_600_000

async function updateView(
  archive: PlanOpener,
  { series, number: known, isRecent }: Closed,
): Promise<void> {
  const number = known ?? (await snapshotNumbers(archive.snapshots, series)).at(-1) ?? null
  if (number === null) return
  const seen = isRecent
    ? (await viewState(archive, series)).number
    : await lastWritten(archive, series)
  if (seen >= number) return
  if (!(await isAnswering(archive, series))) return // the view is another source's
  const newest = await readSnapshot(archive.snapshots, series, number)
  if (newest !== null) await refreshView(archive, newest)
}
