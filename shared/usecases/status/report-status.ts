import { seriesFields } from '../../format/series.ts'
import type { Log } from '../../log.ts'
import type { Archive } from '../archive.ts'
import { type ArchiveStatus, archiveStatus, differs, type StatusDeps } from './archive-status.ts'
import type { SeriesHealth } from './series-health.ts'

/**
 * The use case of the daily status timer: logs a line for every condition that needs attention, every day
 * while it lasts, for the alerts. A single event, e.g. `verify.fault`, ends after a day, although its cause
 * may last.
 */
export async function reportStatus(
  deps: StatusDeps & Pick<Archive, 'log' | 'enrollments'>,
): Promise<ArchiveStatus> {
  const { log, enrollments } = deps
  const status = await archiveStatus(deps, enrollments)
  for (const each of status.series) {
    const { status: found, checkedAt, drift, unknownFields, listed } = each
    const of = log.with(seriesFields(each))
    tellFaults(of, each)
    if (found === 'stale' || found === 'missing' || found === 'waiting') {
      of.warn('status.late', { status: found, checkedAt })
    }
    if (drift.length > 0) of.warn('status.drift', { fields: drift.join(', ') })
    if (unknownFields.length > 0) {
      of.info('status.unknown-fields', { fields: unknownFields.join(', ') })
    }
    if (!listed) of.info('status.unlisted')
  }
  tellArchiveFaults(log, status)
  for (const each of status.reconciliations) if (differs(each)) tellDifferences(log, each)
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

/** Logs faults of the last verification without a repair, and parts that could not be fetched. */
function tellFaults(log: Log, { verified, failed }: SeriesHealth): void {
  if (verified !== null && verified.faults > 0) {
    log.error('status.damaged', { faults: verified.faults, at: verified.at })
  }
  for (const { part, code, message, since } of failed) {
    log.error('status.failed', { part, code, message, since })
  }
}

/** Logs faults of the last verification that belong to no series. */
function tellArchiveFaults(log: Log, { faults }: ArchiveStatus): void {
  const [first] = faults
  if (first === undefined) return
  const codes = [...new Set(faults.map(({ code }) => code))].sort().join(', ')
  log.error('status.faults', { faults: faults.length, codes, blob: first.blob })
}

/** A settled period whose datasets disagree, or whose days have other rows than the whole. */
function tellDifferences(log: Log, found: ArchiveStatus['reconciliations'][number]): void {
  const { enrollment, billingPeriod, relations, days, at } = found
  const wrong = relations.filter(({ agrees }) => !agrees)
  log.warn('status.differs', {
    enrollment,
    billingPeriod,
    relation: wrong.map(({ relation }) => relation).join('; '),
    difference: wrong.map(({ difference }) => difference).join('; '),
    rows: days.reduce((sum, { onlyInDays, onlyInWhole }) => sum + onlyInDays + onlyInWhole, 0),
    at,
  })
}
