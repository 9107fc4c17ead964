/** Closes plans. */
import type { Manifest } from '../../format/manifest.ts'
import type { Receipt } from '../../format/part-record.ts'
import { seriesFields } from '../../format/series.ts'
import {
  type ClosedState,
  carriedOf,
  type OpenState,
  type Outcome,
  remember,
  type SealingState,
} from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { writeState } from './write-state.ts'

/** Closes an open plan as failed: past its deadline, or if no snapshot can be made from its receipts. */
export async function failPlan(
  archive: Pick<Archive, 'state' | 'log'>,
  open: OpenState,
  etag: string,
  receipts: Record<string, Receipt>,
  failed: Outcome['failed'],
  at: Date,
): Promise<void> {
  const outcome: Outcome = { ...outcomeOf(open, 'failed', null, at), failed }
  await closePlan(archive, open, etag, { ...open.base, ...receipts }, outcome)
  archive.log.error('plan.failed', {
    ...seriesFields(open.series),
    plan: open.plan.id,
    parts: failed.map((entry) => `${entry.part}: ${entry.code}`).join('; '),
  })
}

/** The outcome of a plan whose manifest exists. */
export function sealedAs(state: OpenState | SealingState, { number, takenAt }: Manifest): Outcome {
  return outcomeOf(state, 'sealed', number, new Date(takenAt))
}

export function outcomeOf(
  state: OpenState | SealingState,
  status: Outcome['status'],
  number: number | null,
  closedAt: Date,
): Outcome {
  return {
    planId: state.plan.id,
    status,
    number,
    settled: state.plan.settled,
    openedAt: state.plan.openedAt,
    closedAt: closedAt.toISOString(),
    ...(state.plan.rebuild === undefined ? {} : { rebuild: state.plan.rebuild }),
    failed: [],
  }
}

export async function closePlan(
  archive: Pick<Archive, 'state' | 'log'>,
  state: OpenState | SealingState,
  etag: string,
  receipts: Record<string, Receipt>,
  outcome: Outcome,
): Promise<void> {
  const { again } = state.plan
  const closed: ClosedState = {
    ...carriedOf(state),
    status: 'closed',
    outcomes: remember(state.outcomes, outcome),
    receipts,
    ...(again === undefined ? {} : { again }),
  }
  if ((await writeState(archive, closed, etag)) === null) return // another worker closed it
  archive.log.info('plan.closed', {
    ...seriesFields(state.series),
    plan: state.plan.id,
    outcome: outcome.status,
    number: outcome.number,
  })
}
