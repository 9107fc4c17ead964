/** What opening a plan takes: the list of periods decides its parts. */
export type PlanOpener = PlanDriver & DueReader

import { describeError } from '../../errors.ts'
import { planName } from '../../format/layout.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import { type ClosedState, stateBytes } from '../../format/series-state.ts'
import { kindsOf, sourceOf } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { readState } from '../state/read-state.ts'
/** Opens a follow-up plan for a request for fresher data that came while a plan was open. */
import type { PlanDriver } from './drive-plan.ts'
import type { DueReader } from './due-series.ts'
import { dueSeries } from './due-series.ts'
import { openOrJoin } from './open-or-join.ts'

/**
 * Opens the plan that was requested while the last one was open, if any. The series' state keeps the request
 * until a plan is opened with its id, so any process may do this: the worker that closed the plan, the next
 * refresh, timer or sweep.
 */
export async function openAgain(
  archive: PlanOpener,
  series: Series,
  signal: AbortSignal,
): Promise<void> {
  const { state, etag } = await readState(archive.state, series)
  if (state?.status !== 'closed' || state.again === undefined || etag === null) return
  const dataset = archive.catalogue.find(series.dataset)
  if (dataset === null || !kindsOf(archive.sources).includes(series.source)) return // left to a newer program
  const source = sourceOf(archive.sources, series.source)
  const only = new Set([series.billingPeriod])
  const [due] = await dueSeries(archive, source, dataset, series.enrollment, signal, { only })
  if (due !== undefined) return openOrJoin(archive, dataset, series, due)
  await forget(archive, state, etag)
}

/** The same, at the end of a worker's own work, which must not fail because of it: the sweep retries. */
export async function tryOpenAgain(
  archive: PlanOpener,
  series: Series,
  signal: AbortSignal,
): Promise<void> {
  try {
    await openAgain(archive, series, signal)
  } catch (error) {
    signal.throwIfAborted()
    archive.log.warn('plan.not-opened', { ...seriesFields(series), ...describeError(error) })
  }
}

/** Drops the request: the source no longer lists the period. */
async function forget(
  archive: Pick<Archive, 'state' | 'log'>,
  closed: ClosedState,
  etag: string,
): Promise<void> {
  const { again, ...rest } = closed
  archive.log.warn('plan.forgotten', {
    ...seriesFields(closed.series),
    plan: again?.planId,
    why: 'the source no longer lists its period',
  })
  // After a conflict another writer has advanced the state.
  await archive.state.write(planName(closed.series), stateBytes(rest), etag)
}
