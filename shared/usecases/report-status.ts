import { seriesLabel } from '../snapshots/series.ts'
import type { Archive } from './archive.ts'
import { type ArchiveStatus, archiveStatus, type StatusDeps } from './archive-status.ts'
import { resolveSeries } from './resolve-series.ts'

/** The use case of the daily timer: logs a line for everything that needs attention, for alerts to find. */
export async function reportStatus(
  deps: StatusDeps & Pick<Archive, 'log'>,
): Promise<ArchiveStatus> {
  const { log, sources, config } = deps
  const status = await archiveStatus(deps, config.ENROLLMENTS)
  for (const each of status.series) {
    const { status: found, checkedAt, drift, unknownFields, listed } = each
    const series = seriesLabel(resolveSeries(sources, each))
    if (found === 'stale' || found === 'missing' || found === 'waiting') {
      log.warn('status.late', { series, status: found, checkedAt })
    }
    if (drift.length > 0) log.warn('status.drift', { series, fields: drift.join(', ') })
    if (unknownFields.length > 0) {
      log.info('status.unknown-fields', { series, fields: unknownFields.join(', ') })
    }
    if (!listed) log.info('status.unlisted', { series })
  }
  for (const { enrollment, place, level, daysLeft, message } of status.keys) {
    if (level === 'ok' || level === 'unknown') continue
    log[level === 'error' ? 'error' : 'warn']('key.expiring', {
      enrollment,
      place,
      level,
      daysLeft,
      message,
    })
  }
  log.info('status.reported', { status: status.status, series: status.series.length })
  return status
}
