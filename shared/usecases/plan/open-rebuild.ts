import type { Dataset } from '../../datasets/dataset.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import type { OpenState, SeriesState } from '../../format/series-state.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { isKnownPlan } from '../state/known-plan.ts'
import { readState } from '../state/read-state.ts'
import { sendPlan } from '../state/send-parts.ts'
import { writeState } from '../state/write-state.ts'
import type { PlanDriver } from './drive-plan.ts'
import { driveState } from './drive-plan.ts'
import { DAMAGE } from './fail-rebuild.ts'
import { isKnownCurrent, isOutdated, rebuildPlan } from './rebuild-plan.ts'

/** The state of a series' rebuild. */
export type RebuildStart =
  /** Its plan is open: now, or since an earlier call. */
  | { readonly kind: 'open'; readonly state: OpenState }
  /** Its files have all columns of the catalogue. */
  | { readonly kind: 'current' }
  /** There is no snapshot. */
  | { readonly kind: 'empty' }
  /** Another plan is in progress and must end first. */
  | { readonly kind: 'busy' }
  /** The last rebuild found damage, and no one has asked for another. */
  | { readonly kind: 'damaged' }

/** Steps at most: finish a plan that is being sealed, lose to another writer, open. */
const MAX_TURNS = 4

/**
 * Opens a plan that rebuilds the CSV and index files of a series' newest snapshot, if the catalogue has
 * gained columns since they were written. An open plan of another kind is not disturbed. `isAsked`: requested
 * by a user, so earlier damage is checked again.
 */
export async function openRebuild(
  archive: PlanDriver,
  dataset: Dataset,
  series: Series,
  { isAsked }: { readonly isAsked: boolean },
): Promise<RebuildStart> {
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    const { state, etag, at } = await readState(archive.state, series)
    if (state !== null && state.status !== 'closed') {
      if (etag === null || !isOurs(archive, state)) return { kind: 'busy' }
      await driveState(archive, state, etag, at, 'failed')
      const isOpen = state.status === 'open' && at.toISOString() <= state.plan.deadline
      if (isOpen) return { kind: 'open', state }
      continue
    }
    if (isKnownCurrent(state, dataset)) return { kind: 'current' }
    if (!isAsked && hasFailed(state)) return { kind: 'damaged' }
    const newest = (await newestSnapshot(archive.snapshots, series))?.manifest ?? null
    if (newest === null) return { kind: 'empty' }
    if (!isOutdated(newest, dataset)) return { kind: 'current' }
    const { rowsVersion } = dataset
    const deadline = new Date(at.getTime() + archive.policy.planMs)
    const open = rebuildPlan(newest, state, { id: archive.newId(), rowsVersion, at, deadline })
    const written = await writeState(archive, open, etag)
    if (written === null) continue
    await sendPlan(archive, open, written, open.plan.parts, at)
    archive.log.info('rebuild.opened', {
      ...seriesFields(series),
      plan: open.plan.id,
      number: newest.number,
      from: newest.rowsVersion,
      to: rowsVersion,
    })
    return { kind: 'open', state: open }
  }
  return { kind: 'busy' }
}

/** A rebuild that this program can continue, or a committed plan, which any program can finish. */
function isOurs(archive: PlanDriver, state: Exclude<SeriesState, { status: 'closed' }>): boolean {
  if (state.status === 'sealing') return true
  return state.plan.rebuild !== undefined && isKnownPlan(archive, state)
}

function hasFailed(state: SeriesState | null): boolean {
  const last = state?.outcomes[0]
  if (last?.rebuild === undefined || last.status !== 'failed') return false
  return last.failed.some(({ code }) => DAMAGE.some((known) => known === code))
}
