/** What the daily timer does: a slice of the archive a day, so that a month covers all of it. */
import { z } from 'zod'
import { hasCode } from '../../errors.ts'
import { canonicalJson, parseDocument } from '../../snapshots/canonical-json.ts'
import { keeping, withUnknown } from '../../snapshots/kept-fields.ts'
import { seriesFolder, verificationName } from '../../snapshots/layout.ts'
import { type Series, seriesLabel } from '../../snapshots/series.ts'
import type { Archive } from '../archive.ts'
import { type Verification, type VerifiedSeries, verifyArchive } from './verify-archive.ts'

/** Every month has so many days. */
const SLICES = 28

/** Ledgers that are looked at every day: older ones were, when they were new. */
const SLICE_LEDGERS = 31

const RESULT_FORMAT = 'billing-archive-verification/1'

const resultSchema = keeping({
  format: z.literal(RESULT_FORMAT),
  at: z.iso.datetime({ precision: 3 }),
  snapshots: z.int(),
  files: z.int(),
  leftovers: z.int(),
  faults: z.array(
    keeping({
      code: z.string(),
      blob: z.string(),
      message: z.string(),
      safe: z.string().nullable(),
    }),
  ),
})

/** What the last verification of a series came to. */
export type VerificationResult = z.infer<typeof resultSchema>

type Verifier = Pick<
  Archive,
  'snapshots' | 'state' | 'view' | 'source' | 'log' | 'businessDay' | 'config'
>

/** Verifies the series whose turn it is today, and keeps what came of it. On the 29th and later, none. */
export async function verifySlice(archive: Verifier, signal: AbortSignal): Promise<Verification> {
  const day = Number(archive.businessDay().slice(8, 10))
  const verification = await verifyArchive(archive, {
    isDeep: true,
    // A copied archive must not raise an alarm a day; a person who verifies knows what it is.
    isCopy: true,
    anchor: null,
    ledgers: SLICE_LEDGERS,
    signal,
    isWanted: (series) => sliceOf(series) === day,
    onSeries: (check) => saveResult(archive, check),
  })
  for (const { code, blob, message } of verification.faults) {
    archive.log.error('verify.fault', { code, blob, message })
  }
  const { series, snapshots, files, leftovers, faults } = verification
  archive.log.info('verify.done', { series, snapshots, files, leftovers, faults: faults.length })
  return verification
}

/** The day of the month, from 1 to 28, on which a series has its turn. */
export function sliceOf(series: Series): number {
  let hash = 0
  for (const char of seriesFolder(series)) hash = (hash * 31 + char.charCodeAt(0)) % 2 ** 32
  return 1 + (hash % SLICES)
}

/** Keeps what the verification of a series came to, and warns of files that are not kept for long any more. */
async function saveResult(archive: Verifier, check: VerifiedSeries): Promise<void> {
  const { series, sound, damaged, files, leftovers, faults, oldestFile } = check
  const name = verificationName(series)
  const { bytes, etag, at } = await archive.state.read(name)
  const result: VerificationResult = withUnknown(resultSchema, readResult(bytes, name), {
    format: RESULT_FORMAT,
    at: at.toISOString(),
    snapshots: sound.length + damaged.length,
    files,
    leftovers,
    faults: [...faults],
  })
  const days = retentionLeft(archive.config.RETENTION_DAYS, oldestFile, at)
  if (days !== null && days < archive.config.MIN_RETENTION_DAYS) {
    archive.log.warn('verify.retention', { series: seriesLabel(series), days })
  }
  try {
    await archive.state.write(name, canonicalJson(result), etag)
  } catch (error) {
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error // somebody else verified it as well
  }
}

/** Days for which a file created at `createdAt` is still protected; null where nothing protects it. */
export function retentionLeft(days: number, createdAt: Date | null, now: Date): number | null {
  if (days === 0 || createdAt === null) return null
  return Math.floor(days - (now.getTime() - createdAt.getTime()) / 86_400_000)
}

/** What the last verification of a series came to; null if there was none yet, or it can't be read any more. */
export async function lastVerification(
  { state }: Pick<Archive, 'state'>,
  series: Series,
): Promise<VerificationResult | null> {
  const name = verificationName(series)
  const { bytes } = await state.read(name)
  return readResult(bytes, name)
}

/** A result proves nothing and the next run makes it anew, so one that can't be read is as good as none. */
function readResult(bytes: Buffer | null, name: string): VerificationResult | null {
  try {
    return bytes === null ? null : parseDocument(resultSchema, bytes, name)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}
