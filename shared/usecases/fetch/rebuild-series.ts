import pMap from 'p-map'
import type { Dataset } from '../../datasets/dataset.ts'
import { ArchiveError, type ErrorCode } from '../../errors.ts'
import type { Series } from '../../format/series.ts'
import type { OpenState } from '../../format/series-state.ts'
import type { PlanDriver } from '../plan/drive-plan.ts'
import { driveState } from '../plan/drive-plan.ts'
import { openRebuild, type RebuildStart } from '../plan/open-rebuild.ts'
import { readSnapshot } from '../read/read-snapshots.ts'
import { type PartMessage, parseMessage } from '../state/part-message.ts'
import { readState } from '../state/read-state.ts'
import type { PartWorker } from './archive-part.ts'
import { workOnPart } from './archive-part.ts'

/** The result for one series. */
export type RebuildResult =
  | {
      readonly kind: 'rebuilt'
      /** The new snapshot, and the one whose rows it holds. */
      readonly number: number
      readonly from: number
      readonly rowsVersion: number
      readonly parts: number
      readonly rows: number
    }
  | { readonly kind: Exclude<RebuildStart['kind'], 'open'> }

/** Parts that are rebuilt side by side. */
const PARTS_AT_ONCE = 4

/**
 * Rebuilds the CSV and index files of a series in this process, with the same plan and parts as the functions
 * but without their queue, and waits until the new snapshot is sealed. A plan that was requested to follow is
 * left to the sweep, because it fetches from the source. Rejects with the reason if stored data is damaged;
 * any other failure leaves the plan open, and the next call or the sweep continues.
 */
export async function rebuildSeries(
  archive: PartWorker,
  dataset: Dataset,
  series: Series,
  signal: AbortSignal,
): Promise<RebuildResult> {
  const more: PartMessage[] = []
  const here: PartWorker = {
    ...archive,
    queue: { send: async (body) => void more.push(parseMessage(JSON.parse(body))) },
  }
  const start = await openRebuild(here, dataset, series, { isAsked: true })
  if (start.kind !== 'open') return start
  const { plan } = start.state
  more.splice(0) // those of all parts follow
  let messages = plan.parts.map((part) => ({ series, planId: plan.id, part }))
  const errors: unknown[] = []
  while (messages.length > 0) {
    await pMap(
      messages,
      async (message) => {
        await workOnPart(here, message, signal).catch((error: unknown) => errors.push(error))
      },
      { concurrency: PARTS_AT_ONCE },
    )
    if (errors.length > 0) throw errors[0] as Error
    // What is queued again are the rest of long parts.
    messages = more.splice(0).filter(({ planId }) => planId === plan.id)
  }
  return resultOf(here, start.state)
}

async function resultOf(archive: PlanDriver, { series, plan }: OpenState): Promise<RebuildResult> {
  let read = await readState(archive.state, series)
  if (read.state?.status === 'sealing' && read.etag !== null) {
    await driveState(archive, read.state, read.etag, read.at, 'stale')
    read = await readState(archive.state, series)
  }
  const outcome = read.state?.outcomes.find(({ planId }) => planId === plan.id)
  const [failed] = outcome?.failed ?? []
  if (failed !== undefined) throw new ArchiveError(failed.code as ErrorCode, failed.message)
  if (outcome === undefined || outcome.number === null) return { kind: 'busy' }
  const snapshot = await readSnapshot(archive.snapshots, series, outcome.number)
  return {
    kind: 'rebuilt',
    number: outcome.number,
    from: plan.rebuild?.number ?? 0,
    rowsVersion: plan.rowsVersion,
    parts: plan.parts.length,
    rows: snapshot?.manifest.rowCount ?? 0,
  }
}
