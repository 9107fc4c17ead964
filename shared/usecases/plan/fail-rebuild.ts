import { describeError, type ErrorCode } from '../../errors.ts'
import { redact } from '../../log.ts'
import type { Archive } from '../archive.ts'
import { failPlan } from '../state/close-plan.ts'
import type { PartMessage } from '../state/part-message.ts'
import { readState } from '../state/read-state.ts'

/** What stored data may be found to be. A rebuild that fails so is not repeated by timers. */
export const DAMAGE: readonly ErrorCode[] = [
  'FILE_DAMAGED',
  'DIGEST_MISMATCH',
  'BLOB_NOT_FOUND',
  'FORMAT_INVALID',
]

/** Retries when others change the state at the same time. */
const MAX_TRIES = 3

/**
 * Closes the plan of a rebuild as failed, so that it does not keep the series from being fetched until its
 * deadline. True if a plan was requested to follow.
 */
export async function failRebuild(
  archive: Pick<Archive, 'state' | 'log'>,
  { series, planId, part }: PartMessage,
  error: unknown,
): Promise<boolean> {
  const { code, message } = describeError(error)
  const failed = [{ part, code, message: redact(message) }]
  for (let attempt = 1; ; attempt++) {
    const { state, etag, at } = await readState(archive.state, series)
    if (state?.status === 'closed') return state.again !== undefined
    if (state?.status !== 'open' || etag === null || state.plan.id !== planId) return false
    if (attempt > MAX_TRIES) return false // the sweep queues the part again, which ends here
    await failPlan(archive, state, etag, {}, failed, at)
  }
}
