import { planName } from '../../format/layout.ts'
import { confirmedAt } from '../../format/manifest.ts'
import type { Series } from '../../format/series.ts'
import { type ClosedState, STATE_FORMAT, stateBytes } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { receiptsOf } from './read-state.ts'

/**
 * Rebuilds the state of a series from its newest snapshot: closed, with that snapshot's parts as receipts. It
 * only creates, so an existing state is kept, even one that a worker writes at this moment. The source's
 * ETags are lost with the state: the next run reads every part once more, and unchanged parts keep their
 * files.
 */
export async function rebuildState(
  archive: Pick<Archive, 'snapshots' | 'state'>,
  series: Series,
): Promise<'made' | 'kept' | 'nothing'> {
  const newest = await newestSnapshot(archive.snapshots, series)
  if (newest === null) return 'nothing'
  const { manifest } = newest
  const { planId, number, settled } = manifest
  // The next check is due by when the source was last asked, not by when files were rebuilt.
  const at = confirmedAt(manifest)
  const outcome = { planId, number, settled, openedAt: at, closedAt: at, failed: [] }
  const state: ClosedState = {
    format: STATE_FORMAT,
    status: 'closed',
    series,
    outcomes: [{ ...outcome, status: 'sealed' }],
    receipts: receiptsOf(manifest),
  }
  const written = await archive.state.write(planName(series), stateBytes(state), null)
  return written === null ? 'kept' : 'made'
}
