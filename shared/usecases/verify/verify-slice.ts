/** The use case of the daily timer: verifies a slice of the archive per day, and all of it per month. */
import { seriesFolder } from '../../snapshots/layout.ts'
import { type Series, seriesLabel } from '../../snapshots/series.ts'
import type { Archive } from '../archive.ts'
import { keepRest } from './keep-rest.ts'
import { keepResult } from './kept-result.ts'
import { type Verification, type VerifiedSeries, verifyArchive } from './verify-archive.ts'

/** Every month has at least this many days. */
const SLICES = 28

/** How many ledgers are checked every day: older ones were checked when they were new. */
const SLICE_LEDGERS = 31

type Verifier = Pick<
  Archive,
  'snapshots' | 'state' | 'view' | 'sources' | 'log' | 'businessDay' | 'config'
>

/** Verifies the series assigned to today, and stores the results. From the 29th on, there are none. */
export async function verifySlice(archive: Verifier, signal: AbortSignal): Promise<Verification> {
  const day = Number(archive.businessDay().slice(8, 10))
  const verification = await verifyArchive(archive, {
    isDeep: true,
    // A copied archive must not raise an alarm every day; a person who verifies knows that it is a copy.
    isCopy: true,
    anchor: null,
    ledgers: SLICE_LEDGERS,
    signal,
    isWanted: (series) => sliceOf(series) === day,
    onSeries: (check) => saveResult(archive, check),
  })
  await keepRest(archive, verification)
  for (const { code, blob, message } of verification.faults) {
    archive.log.error('verify.fault', { code, blob, message })
  }
  const { series, snapshots, files, leftovers, faults } = verification
  archive.log.info('verify.done', { series, snapshots, files, leftovers, faults: faults.length })
  return verification
}

/** The day of the month, from 1 to 28, on which a series is verified. */
export function sliceOf(series: Series): number {
  let hash = 0
  for (const char of seriesFolder(series)) hash = (hash * 31 + char.charCodeAt(0)) % 2 ** 32
  return 1 + (hash % SLICES)
}

/** Stores the verification result of a series, and warns of files whose protection ends soon. */
async function saveResult(archive: Verifier, check: VerifiedSeries): Promise<void> {
  const { series, oldestFile, now } = check
  const days = retentionLeft(archive.config.RETENTION_DAYS, oldestFile, now)
  if (days !== null && days < archive.config.MIN_RETENTION_DAYS) {
    archive.log.warn('verify.retention', { series: seriesLabel(series), days })
  }
  await keepResult(archive, check, true)
}

/** Days for which a file created at `createdAt` is still protected; null if there is no protection. */
export function retentionLeft(days: number, createdAt: Date | null, now: Date): number | null {
  if (days === 0 || createdAt === null) return null
  return Math.floor(days - (now.getTime() - createdAt.getTime()) / 86_400_000)
}
