/**
 * The use case of the daily verification timer: verifies some series every day, so that each has its turn
 * regularly.
 */
import { ARCHIVE_VERIFICATION } from '../../format/layout.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import type { ListedBlob } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { keepRest } from './keep-rest.ts'
import { keepResult, lastVerification } from './kept-result.ts'
import { type Verification, verifyArchive } from './verify-archive.ts'
import { isItsMonth, monthsBetweenTurns, turnDay } from './verify-turn.ts'

/** How many ledgers are checked every day: older ones were checked when they were new. */
const DAILY_LEDGERS = 31

type Verifier = Pick<
  Archive,
  | 'snapshots'
  | 'state'
  | 'view'
  | 'encoder'
  | 'sources'
  | 'log'
  | 'businessDay'
  | 'policy'
  | 'catalogue'
>

/**
 * Verifies the series whose turn it is today, and stores the results; on the 29th and later, none. The
 * listing alone shows for every series how long its files are still protected.
 */
export async function verifyDaily(archive: Verifier, signal: AbortSignal): Promise<Verification> {
  const { at: now } = await archive.state.read(ARCHIVE_VERIFICATION) // storage's clock, by any answer
  const verification = await verifyArchive(archive, {
    isDeep: true,
    // A copied archive must not raise an alarm every day; a user who verifies knows that it is a copy.
    isCopy: true,
    anchor: null,
    ledgers: DAILY_LEDGERS,
    signal,
    isWanted: (series, blobs) => hasTurn(archive, series, blobs),
    onListed: (series, blobs) => warnOfRetention(archive, series, blobs, now),
    onSeries: (check) => keepResult(archive, check, true),
  })
  await keepRest(archive, verification)
  for (const { code, blob, message } of verification.faults) {
    archive.log.error('verify.fault', { code, blob, message })
  }
  const { series, snapshots, files, leftovers, faults } = verification
  archive.log.info('verify.done', { series, snapshots, files, leftovers, faults: faults.length })
  return verification
}

async function hasTurn(
  archive: Verifier,
  series: Series,
  blobs: readonly ListedBlob[],
): Promise<boolean> {
  const day = archive.businessDay()
  if (Number(day.slice(8, 10)) !== turnDay(series)) return false
  const last = await lastVerification(archive, series)
  const every = monthsBetweenTurns(blobs.map(({ tier }) => tier))
  return isItsMonth(series, day, every, last && { at: last.at, faults: last.faults.length })
}

/** Warns of files whose protection ends soon. */
function warnOfRetention(
  { policy, log }: Verifier,
  series: Series,
  blobs: readonly ListedBlob[],
  now: Date,
): void {
  const oldest = blobs.reduce(
    (oldestMs, blob) => Math.min(oldestMs, blob.createdAt.getTime()),
    Infinity,
  )
  const days = retentionLeft(policy.retentionDays, new Date(oldest), now)
  if (days !== null && days < policy.minRetentionDays) {
    log.warn('verify.retention', { ...seriesFields(series), days })
  }
}

/** Days for which a file created at `createdAt` is still protected; null if there is no protection. */
export function retentionLeft(days: number, createdAt: Date | null, now: Date): number | null {
  if (days === 0 || createdAt === null) return null
  return Math.floor(days - (now.getTime() - createdAt.getTime()) / 86_400_000)
}
