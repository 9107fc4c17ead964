import { ArchiveError, hasCode } from '../../shared/errors.ts'
import { adviceOn } from '../../shared/usecases/status/advice.ts'
import type { Fault } from '../../shared/usecases/verify/fault.ts'
import { keepRest } from '../../shared/usecases/verify/keep-rest.ts'
import { keepResult } from '../../shared/usecases/verify/kept-result.ts'
import { type VerifiedSeries, verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { retentionLeft } from '../../shared/usecases/verify/verify-daily.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'

export interface VerifyFlags extends Filter {
  readonly deep: boolean
  readonly copy: boolean
  readonly anchor?: string
}

/**
 * Verifies that everything is as it was written. Exit code 1 if not; rejects if there was nothing to verify.
 */
export async function verify(
  { deps, config, say, settings, screen }: Context,
  options: VerifyFlags,
): Promise<Outcome> {
  const now = new Date()
  const damaged: string[] = []
  const series: object[] = []
  let soonest: number | null = null
  let unkept: string | null = null
  /** Read-only operators can verify too: a result that can't be stored is only reported. */
  const keep = async (write: () => Promise<void>): Promise<void> => {
    if (unkept !== null) return
    await write().catch((error: unknown) => {
      if (!hasCode(error, 'STORAGE_UNAVAILABLE', 'CONDITION_NOT_MET')) throw error
      unkept = error.message
    })
  }
  const found = await verifyArchive(deps.archive, {
    isDeep: options.deep,
    isCopy: options.copy,
    anchor: options.anchor ?? null,
    isWanted: matches(options),
    onSeries: async (check) => {
      const label = labelOf({ deps }, check.series)
      const { sound, faults, rows, files, leftovers, view } = check
      say(
        `${faults.length === 0 ? 'ok    ' : 'FAULTY'} ${label}: ${counted(sound.length, 'snapshot')} intact`,
      )
      if (check.damaged.length > 0) damaged.push(damageLine(label, check))
      const days = retentionLeft(config.RETENTION_DAYS, check.oldestFile, now)
      if (days !== null && (soonest === null || days < soonest)) soonest = days
      const { repaired } = check
      const about = { sound, damaged: check.damaged, repaired, rows, files, leftovers, view }
      series.push({ series: label, ...about })
      await keep(() => keepResult(deps.archive, check, options.deep))
    },
  })
  await keep(() => keepRest(deps.archive, found))
  const { faults, snapshots, files, leftovers, repaired, unknown, viewsBehind, ledgers } = found
  if (found.series === 0 && faults.length === 0) throw nothingVerified(options, settings)
  const newest = ledgers.newest
  const lines = [
    ...faults.map(faultLine),
    ...(damaged.length === 0 ? [] : ['', 'What can be trusted:', ...damaged, '']),
    `${found.series} series, ${counted(snapshots, 'snapshot')}, ${counted(files, 'file')}, ${mebibytes(found.bytes)} read`,
    ...(repaired === 0
      ? []
      : [`${counted(repaired, 'damaged file is', 'damaged files are')} read from repaired copies`]),
    `${counted(leftovers, 'leftover')} of superseded attempts (harmless)`,
    ...(unknown === 0
      ? []
      : [
          `${counted(unknown, 'file')} of datasets that only a newer program knows, not checked in full`,
        ]),
    ...(viewsBehind === 0
      ? []
      : [`${counted(viewsBehind, 'view is', 'views are')} out of date; the sweep updates them`]),
    newest === null
      ? 'no ledger yet: "ledger" writes the first'
      : `newest ledger: ${newest.number} of ${screen.time(newest.takenAt)}, SHA-256 ${newest.sha256}(keep it elsewhere)`,
    ...(ledgers.anchored === null
      ? []
      : [
          `the anchor is ledger ${ledgers.anchored.number} of ${screen.time(ledgers.anchored.takenAt)}: ${faults.length === 0 ? 'nothing that it records was removed or replaced' : 'see the faults above'}`,
        ]),
    ...(unkept === null
      ? []
      : [`this result could not be stored, so status and HTTP do not show it: ${String(unkept)}`]),
    ...retentionLines(soonest, config.MIN_RETENTION_DAYS),
    faults.length === 0
      ? `\n${screen.style('green', 'OK')}: everything that was read is intact`
      : `\n${screen.style('red', 'FAULTY')}: ${counted(faults.length, 'fault')}; "repair" repairs what it can`,
  ]
  const json = { ...found, seriesChecked: series, retentionDaysLeft: soonest }
  return { text: lines.join('\n'), json, exitCode: faults.length === 0 ? 0 : 1 }
}

function nothingVerified(options: Filter, settings: string): ArchiveError {
  const { dataset, enrollment, period } = options
  const words = [dataset, enrollment, period].filter((word) => word !== undefined).join(' ')
  const what = words === '' ? 'no series' : `no series of ${words}`
  return new ArchiveError(
    'NOT_FOUND',
    `nothing was verified: the archive of ${settings} has ${what}; "list" shows its contents`,
  )
}

function faultLine({ code, blob, message, safe }: Fault): string {
  const advice = adviceOn(code)
  const more = [
    ...(safe === null ? [] : [`still safe: ${safe}`]),
    ...(advice === null ? [] : [`what to do: ${advice}`]),
  ]
  return [`${code} ${blob}`, message, ...more].join('\n  ')
}

function damageLine(label: string, { sound, damaged }: VerifiedSeries): string {
  const bad = damaged.map(({ number, parts }) =>
    parts.length === 0 ? `${number} (its manifest)` : `${number} (${parts.join(', ')})`,
  )
  const good =
    sound.length === 0 ? 'no snapshot is intact' : `snapshots ${sound.join(', ')} are intact`
  return `  ${label}: ${good}; damaged: ${bad.join('; ')}`
}

function retentionLines(days: number | null, least: number): string[] {
  if (days === null || days >= least) return []
  return [
    `the oldest file of a snapshot is protected for only ${counted(days, 'more day')}: extend the retention (docs/operations.md)`,
  ]
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
