/** The state of enrollments if some of their stored documents are unreadable. */
import { billingPeriods } from '../../datasets/billing-periods.ts'
import { describeError, hasCode } from '../../errors.ts'
import { ALL_PART, ALL_PERIODS } from '../../format/series.ts'
import { redact } from '../../log.ts'
import { unnamedSource } from '../../usecases/resolve-series.ts'
import { type ArchiveStatus, archiveStatus } from '../../usecases/status/archive-status.ts'
import { checkKeys } from '../../usecases/status/check-keys.ts'
import type { SeriesHealth } from '../../usecases/status/series-health.ts'
import type { HttpDeps } from '../http-deps.ts'

type StatusOfDeps = Pick<HttpDeps, 'archive' | 'keyRing' | 'now'>

/**
 * The state of the enrollments, whatever the state of the archive: an enrollment with unreadable documents is
 * reported as failed, with the reason, beside the others. Rejects only with `STORAGE_UNAVAILABLE`.
 */
export async function readableStatus(
  deps: StatusOfDeps,
  enrollments: readonly string[],
): Promise<ArchiveStatus> {
  const { archive, keyRing } = deps
  try {
    return await archiveStatus({ ...archive, keyRing }, enrollments)
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    const [only, ...others] = enrollments
    if (only !== undefined && others.length === 0) return unreadable(deps, only, error)
    // One by one: slower, but it shows which one is unreadable.
    const each: ArchiveStatus[] = []
    for (const enrollment of enrollments) each.push(await readableStatus(deps, [enrollment]))
    return together(each)
  }
}

async function unreadable(
  { archive, keyRing, now }: StatusOfDeps,
  enrollment: string,
  error: unknown,
): Promise<ArchiveStatus> {
  const { code, message } = describeError(error)
  archive.log.error('health.unreadable', { enrollment, code, message })
  const time = now().toISOString()
  const failed = [{ part: ALL_PART, code, message: redact(message), since: time, at: time }]
  const series: SeriesHealth = {
    source: unnamedSource(archive.sources, billingPeriods.name),
    answers: true,
    dataset: billingPeriods.name,
    enrollment,
    billingPeriod: ALL_PERIODS,
    status: 'failed',
    plan: 'none',
    number: null,
    settled: false,
    checkedAt: null,
    listed: true,
    failed,
    shrunk: null,
    unknownFields: [],
    drift: [],
    verified: null,
    view: null,
  }
  const keys = await checkKeys(keyRing, [enrollment], now())
  return { status: 'failed', faults: [], series: [series], keys, reconciliations: [] }
}

const LEVELS: readonly ArchiveStatus['status'][] = ['failed', 'warning', 'ok']

function together(each: readonly ArchiveStatus[]): ArchiveStatus {
  return {
    status: LEVELS.find((level) => each.some(({ status }) => status === level)) ?? 'ok',
    faults: each[0]?.faults ?? [],
    series: each.flatMap(({ series }) => series),
    keys: each.flatMap(({ keys }) => keys),
    reconciliations: each.flatMap(({ reconciliations }) => reconciliations),
  }
}
