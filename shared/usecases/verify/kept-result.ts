/** Stores verification results until the next verification, so that damage stays known. */
import { z } from 'zod'
import { ArchiveError, hasCode } from '../../errors.ts'
import { canonicalJson, parseDocument } from '../../format/canonical-json.ts'
import { keeping, withUnknown } from '../../format/kept-fields.ts'
import { ARCHIVE_VERIFICATION, ledgerNumber, verificationName } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import type { StateStore } from '../../storage/ports.ts'
import type { Fault, FaultCode } from './fault.ts'
import type { VerifiedSeries } from './verify-archive.ts'

const RESULT_FORMAT = 'billing-archive-verification/1' as const

const faultSchema = keeping({
  code: z.string(),
  blob: z.string(),
  message: z.string(),
  safe: z.string().nullable(),
})

const resultSchema = keeping({
  format: z.literal(RESULT_FORMAT),
  at: z.iso.datetime({ precision: 3 }),
  snapshots: z.int(),
  files: z.int(),
  leftovers: z.int(),
  faults: z.array(faultSchema),
  /** Damaged files that have been repaired. */
  repaired: z.array(keeping({ path: z.string(), with: z.string() })).default([]),
})

/** The result of the last verification of a series. */
export type VerificationResult = z.infer<typeof resultSchema>

const archiveSchema = keeping({
  format: z.literal(RESULT_FORMAT),
  at: z.iso.datetime({ precision: 3 }),
  faults: z.array(faultSchema),
})

/** Faults of the last verification that belong to no series. */
export type ArchiveResult = z.infer<typeof archiveSchema>

type StoredFault = VerificationResult['faults'][number]

/** Faults that only `--deep` detects: a quick check that finds nothing says nothing about these. */
const DEEP_CODES: readonly string[] = ['FIELDS_DIFFER', 'FILE_INCONSISTENT'] satisfies FaultCode[]

/** Faults of a view, which the sweep and `rebuild-view` fix: no snapshot file is damaged. */
const VIEW_CODES: readonly string[] = ['VIEW_DIFFERS', 'VIEW_BEHIND'] satisfies FaultCode[]

/** Faults of the request, not of the archive. */
const QUESTION_CODES: readonly string[] = ['ANCHOR_NOT_FOUND'] satisfies FaultCode[]

const MAX_TRIES = 5

/** Stores the verification result of a series. Rejects with `STORAGE_UNAVAILABLE`. */
export async function keepResult(
  { state }: { readonly state: StateStore },
  { series, sound, damaged, files, leftovers, faults, repaired }: VerifiedSeries,
  isDeep: boolean,
): Promise<void> {
  await change(state, verificationName(series), resultSchema, (found, at) => {
    const unproven = isDeep
      ? []
      : (found?.faults ?? []).filter(({ code, blob }) => {
          return DEEP_CODES.includes(code) && !faults.some((fault) => fault.blob === blob)
        })
    return {
      format: RESULT_FORMAT,
      at,
      snapshots: sound.length + damaged.length,
      files,
      leftovers,
      faults: [...faults, ...unproven],
      repaired: [...repaired],
    }
  })
}

/** Adds what the ledgers reveal about a series' snapshots, known only after all series are checked. */
export async function addFaults(
  { state }: { readonly state: StateStore },
  series: Series,
  more: readonly Fault[],
): Promise<void> {
  await change(state, verificationName(series), resultSchema, (found, at) => {
    const known = found ?? { at, snapshots: 0, files: 0, leftovers: 0, faults: [], repaired: [] }
    return { ...known, format: RESULT_FORMAT, faults: withNew(known.faults, more) }
  })
}

/**
 * Stores faults that belong to no series. `oldestLedger`: the number of the oldest ledger checked; known
 * faults of earlier ledgers are kept.
 */
export async function keepArchiveResult(
  { state }: { readonly state: StateStore },
  faults: readonly Fault[],
  oldestLedger: number,
): Promise<void> {
  const ours = faults.filter(({ code }) => !QUESTION_CODES.includes(code))
  await change(state, ARCHIVE_VERIFICATION, archiveSchema, (found, at) => {
    const older = (found?.faults ?? []).filter(
      ({ blob }) => (ledgerNumber(blob) ?? Infinity) < oldestLedger,
    )
    return { format: RESULT_FORMAT, at, faults: withNew(older, ours) }
  })
}

function withNew(known: readonly StoredFault[], more: readonly Fault[]): StoredFault[] {
  const isNew = ({ code, blob, message }: Fault): boolean =>
    !known.some((one) => one.code === code && one.blob === blob && one.message === message)
  return [...known, ...more.filter(isNew)]
}

/** The last verification result of a series; null if there is none, or it is unreadable. */
export async function lastVerification(
  { state }: { readonly state: Pick<StateStore, 'read'> },
  series: Series,
): Promise<VerificationResult | null> {
  const name = verificationName(series)
  return readResult(resultSchema, (await state.read(name)).bytes, name)
}

/** Faults of the last verification that belong to no series; null if there was none. */
export async function lastArchiveVerification({
  state,
}: {
  readonly state: Pick<StateStore, 'read'>
}): Promise<ArchiveResult | null> {
  const { bytes } = await state.read(ARCHIVE_VERIFICATION)
  return readResult(archiveSchema, bytes, ARCHIVE_VERIFICATION)
}

/** True if a fault means that a snapshot is damaged, and not only its view. */
export function isDamage({ code }: { readonly code: string }): boolean {
  return !VIEW_CODES.includes(code)
}

/** Replaces a result; after a concurrent write, reads again and retries. */
async function change<T extends object>(
  state: StateStore,
  name: string,
  schema: z.ZodType<T> & z.ZodObject,
  next: (found: T | null, at: string) => T,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { bytes, etag, at } = await state.read(name)
    const found = readResult<T>(schema, bytes, name)
    const result = withUnknown(schema, found, next(found, at.toISOString()))
    if ((await state.write(name, canonicalJson(result), etag)) !== null) return
    if (tries === MAX_TRIES) {
      throw new ArchiveError('CONDITION_NOT_MET', `${name} is being changed too often: try again`)
    }
  }
}

/** A result is recomputed by the next run, so an unreadable one is treated as missing. */
function readResult<T>(schema: z.ZodType<T>, bytes: Buffer | null, name: string): T | null {
  try {
    return bytes === null ? null : parseDocument(schema, bytes, name)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}
