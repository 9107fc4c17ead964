import { sourceFolder } from '../snapshots/layout.ts'
import type { Series } from '../snapshots/series.ts'
import type { SeriesState } from '../snapshots/series-state.ts'
import type { StateStore } from '../storage/ports.ts'
import { readParts } from './drive-plan.ts'
import { listSeries } from './list-series.ts'
import { lastSuccess, readState } from './read-state.ts'

/** How one series stands. */
export interface SeriesHealth {
  readonly dataset: string
  readonly enrollment: string
  readonly billingPeriod: string
  /** The plan: being fetched, being sealed, or done. */
  readonly status: SeriesState['status']
  /** Number of the newest snapshot; null if there is none yet. */
  readonly number: number | null
  readonly settled: boolean
  /** When it was last found to be as the source says; null if never. */
  readonly checkedAt: string | null
  readonly failed: readonly { part: string; code: string; message: string }[]
}

/** Resolves if storage answers; rejects with `STORAGE_UNAVAILABLE` if not. */
export async function checkStorage(store: StateStore, source: string): Promise<void> {
  for await (const _ of store.folders(sourceFolder(source))) return
}

/** How every series of the enrollments stands, in the order of their folders. */
export async function checkHealth(
  store: StateStore,
  source: string,
  enrollments: readonly string[],
): Promise<SeriesHealth[]> {
  const health: SeriesHealth[] = []
  for await (const series of listSeries(store, source)) {
    if (!enrollments.includes(series.enrollment)) continue
    const { state } = await readState(store, series)
    if (state !== null) health.push(await healthOf(store, series, state))
  }
  return health
}

async function healthOf(
  store: StateStore,
  series: Series,
  state: SeriesState,
): Promise<SeriesHealth> {
  const { dataset, enrollment, billingPeriod } = series
  const success = lastSuccess(state)
  return {
    dataset,
    enrollment,
    billingPeriod,
    status: state.status,
    number: success?.number ?? null,
    settled: success?.settled ?? false,
    checkedAt: success?.closedAt ?? null,
    failed: await failedParts(store, state),
  }
}

/** Parts that failed: of the plan that is open, or of the last one if that was closed as failed. */
async function failedParts(store: StateStore, state: SeriesState): Promise<SeriesHealth['failed']> {
  if (state.status === 'open') {
    const { failures } = await readParts({ state: store }, state)
    return Object.entries(failures).map(([part, { code, message }]) => ({ part, code, message }))
  }
  const last = state.outcomes[0]
  return last?.status === 'failed' ? last.failed : []
}
