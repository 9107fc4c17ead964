import { describeError } from '../errors.ts'
import { seriesLabel } from '../snapshots/series.ts'
import type { Archive } from './archive.ts'
import { driveState } from './drive-plan.ts'
import { listSeries } from './list-series.ts'
import { readSnapshot } from './read-snapshots.ts'
import { lastSuccess, readState } from './read-state.ts'
import { refreshView, viewNumberOf } from './refresh-view.ts'

/**
 * Drives on whatever stands still: plans that are sealing or past their deadline, parts whose message
 * can no longer exist, views behind their series. One series that fails does not stop the others; the
 * first failure is thrown at the end.
 */
export async function sweep(archive: Archive): Promise<void> {
  const failures: unknown[] = []
  for await (const series of listSeries(archive.state, archive.source.kind)) {
    try {
      const { state, etag, at } = await readState(archive.state, series)
      if (state === null || etag === null) continue
      if (state.status === 'closed') {
        const number = lastSuccess(state)?.number ?? null
        if (number === null || (await viewNumberOf(archive, series)) >= number) continue
        const newest = await readSnapshot(archive.snapshots, series, number)
        if (newest !== null) await refreshView(archive, newest)
      } else {
        await driveState(archive, state, etag, at, 'lost')
      }
    } catch (error) {
      failures.push(error)
      archive.log.error('sweep.failed', { series: seriesLabel(series), ...describeError(error) })
    }
  }
  if (failures.length > 0) throw failures[0]
}
