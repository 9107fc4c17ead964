import { ArchiveError } from '../../shared/errors.ts'
import { seriesLabel } from '../../shared/snapshots/series.ts'
import type { Fault } from '../../shared/usecases/verify/fault.ts'
import { type VerifiedSeries, verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { retentionLeft } from '../../shared/usecases/verify/verify-slice.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import type { Outcome } from '../outcome.ts'

export interface VerifyFlags extends Filter {
  readonly deep: boolean
  readonly copy: boolean
  readonly anchor?: string
}

/** Is everything as it was written? Exit code 1 if not; rejects where nothing was looked at. */
export async function verify(
  { deps, config, say, settings }: Context,
  options: VerifyFlags,
): Promise<Outcome> {
  const now = new Date()
  const damaged: string[] = []
  const series: object[] = []
  let soonest: number | null = null
  const found = await verifyArchive(deps.archive, {
    isDeep: options.deep,
    isCopy: options.copy,
    anchor: options.anchor ?? null,
    isWanted: matches(options),
    onSeries: (check) => {
      const label = seriesLabel(check.series)
      const { sound, faults, rows, files, leftovers, view } = check
      say(`${faults.length === 0 ? 'ok    ' : 'FAULTY'} ${label}: ${sound.length} snapshots sound`)
      if (check.damaged.length > 0) damaged.push(damageLine(label, check))
      const days = retentionLeft(config.RETENTION_DAYS, check.oldestFile, now)
      if (days !== null && (soonest === null || days < soonest)) soonest = days
      series.push({ series: label, sound, damaged: check.damaged, rows, files, leftovers, view })
    },
  })
  const { faults, snapshots, files, leftovers, unknown, viewsBehind, ledgers } = found
  if (found.series === 0 && faults.length === 0) throw nothingVerified(options, settings)
  const newest = ledgers.newest
  const lines = [
    ...faults.map(faultLine),
    ...(damaged.length === 0 ? [] : ['', 'What can be trusted:', ...damaged, '']),
    `${found.series} series, ${snapshots} snapshots, ${files} files, ${mebibytes(found.bytes)} read`,
    `${leftovers} leftovers of attempts that did not count: harmless`,
    ...(unknown === 0
      ? []
      : [`${unknown} files of datasets that only a newer program knows: left alone`]),
    ...(viewsBehind === 0
      ? []
      : [`${viewsBehind} views are behind their series: the sweep brings them on`]),
    newest === null
      ? 'no ledger yet: "archive ledger" writes the first'
      : `newest ledger: ${newest.number} of ${newest.takenAt}, SHA-256 ${newest.sha256}: keep it elsewhere`,
    ...(ledgers.anchored === null
      ? []
      : [
          `the anchor is ledger ${ledgers.anchored.number} of ${ledgers.anchored.takenAt}: ${faults.length === 0 ? 'nothing of that day was removed or replaced' : 'see the faults above'}`,
        ]),
    ...retentionLines(soonest, config.MIN_RETENTION_DAYS),
    faults.length === 0
      ? '\nOK: everything is as it was written'
      : `\nFAULTY: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
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
    `nothing was verified: the archive of ${settings} holds ${what}; "list" shows what it holds`,
  )
}

function faultLine({ code, blob, message, safe }: Fault): string {
  return `${code} ${blob}\n  ${message}${safe === null ? '' : `\n  still safe: ${safe}`}`
}

function damageLine(label: string, { sound, damaged }: VerifiedSeries): string {
  const bad = damaged.map(({ number, parts }) =>
    parts.length === 0 ? `${number} (its manifest)` : `${number} (${parts.join(', ')})`,
  )
  const good =
    sound.length === 0 ? 'no snapshot is whole' : `snapshots ${sound.join(', ')} are whole`
  return `  ${label}: ${good}; damaged: ${bad.join('; ')}`
}

function retentionLines(days: number | null, least: number): string[] {
  if (days === null || days >= least) return []
  return [`the oldest file of a snapshot is protected for ${days} more days: extend the retention`]
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
