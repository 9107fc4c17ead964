import type { OpenState } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { writeState } from '../state/write-state.ts'

/** An open plan that a follow-up plan has been requested for. */
export interface Asked {
  readonly state: OpenState
  readonly etag: string
  /** Id of the follow-up plan. */
  readonly planId: string
}

/**
 * Requests a follow-up to an open plan, unless that was done before. Null if another writer changed the state
 * at the same time.
 */
export async function askAgain(
  archive: Pick<Archive, 'state' | 'newId'>,
  open: OpenState,
  etag: string,
  at: Date,
): Promise<Asked | null> {
  const known = open.plan.again
  if (known !== undefined) return { state: open, etag, planId: known.planId }
  const again = { planId: archive.newId(), at: at.toISOString() }
  const state: OpenState = { ...open, plan: { ...open.plan, again } }
  const written = await writeState(archive, state, etag)
  return written === null ? null : { state, etag: written, planId: again.planId }
}
