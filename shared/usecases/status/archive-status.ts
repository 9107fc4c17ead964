/** The state of the whole archive: its series, the source's keys, and whether the datasets agree. */

import { ALL_PERIODS, seriesLabel } from '../../format/series.ts'
import type { KeyRing } from '../../sources/key-ring.ts'
import { lastReconciliation, type Reconciliation } from '../reconcile/reconciliation.ts'
import { type ArchiveResult, lastArchiveVerification } from '../verify/kept-result.ts'
import { checkHealth } from './check-health.ts'
import { checkKeys, type KeyHealth } from './check-keys.ts'
import type { HealthDeps, SeriesHealth } from './series-health.ts'

export interface ArchiveStatus {
  /** `failed`: needs attention now. `warning`: will need attention. */
  readonly status: 'ok' | 'warning' | 'failed'
  /** Faults of the last verification that belong to no series: in ledgers, or foreign files. */
  readonly faults: ArchiveResult['faults']
  readonly series: readonly SeriesHealth[]
  readonly keys: readonly KeyHealth[]
  /** The last reconciliation of each billing period that has one. */
  readonly reconciliations: readonly Omit<Reconciliation, 'manifests' | 'separately' | 'format'>[]
}

export type StatusDeps = HealthDeps & {
  /** Null if no vault is configured; keys are then ignored. */
  readonly keyRing: KeyRing | null
}

/** The state of the enrollments. Rejects only with `STORAGE_UNAVAILABLE`. */
export async function archiveStatus(
  deps: StatusDeps,
  enrollments: readonly string[],
): Promise<ArchiveStatus> {
  const [series, keys, archiveResult] = await Promise.all([
    checkHealth(deps, enrollments),
    deps.keyRing === null ? [] : checkKeys(deps.keyRing, enrollments, new Date()),
    lastArchiveVerification(deps),
  ])
  const balances = series.filter(
    ({ dataset, billingPeriod }) => dataset === 'balancesummary' && billingPeriod !== ALL_PERIODS,
  )
  // Several sources may have a balance of the same period.
  const periods = new Map(balances.map((each) => [seriesLabel(each), each]))
  const reconciliations = await Promise.all(
    [...periods.values()].map(({ enrollment, billingPeriod }) =>
      lastReconciliation(deps, enrollment, billingPeriod),
    ),
  )
  const found = reconciliations.flatMap((each) => {
    if (each === null) return []
    const { manifests: _manifests, separately: _separately, format: _format, ...rest } = each
    return [rest]
  })
  const faults = archiveResult?.faults ?? []
  const status = statusOf(faults, series, keys, found)
  return { status, faults, series, keys, reconciliations: found }
}

/** True if the datasets of a settled period contradict each other. */
export function differs({
  settled,
  relations,
  days,
}: Pick<Reconciliation, 'settled' | 'relations' | 'days'>): boolean {
  if (!settled) return false
  return (
    relations.some(({ agrees }) => !agrees) ||
    days.some(({ onlyInDays, onlyInWhole }) => onlyInDays + onlyInWhole > 0)
  )
}

function statusOf(
  faults: ArchiveStatus['faults'],
  series: readonly SeriesHealth[],
  keys: readonly KeyHealth[],
  reconciliations: ArchiveStatus['reconciliations'],
): ArchiveStatus['status'] {
  const isFailed =
    faults.length > 0 ||
    series.some(({ status, verified }) => status === 'failed' || (verified?.faults ?? 0) > 0) ||
    keys.some(({ level }) => level === 'error')
  if (isFailed) return 'failed'
  const isWarning =
    series.some(
      ({ status, drift }) => ['stale', 'missing', 'waiting'].includes(status) || drift.length > 0,
    ) ||
    keys.some(({ level }) => level === 'warning') ||
    reconciliations.some(differs)
  return isWarning ? 'warning' : 'ok'
}
