/** What verifying came to, kept until the next verification: what is damaged stays known. */
import { z } from 'zod'
import { hasCode } from '../../errors.ts'
import { canonicalJson, parseDocument } from '../../snapshots/canonical-json.ts'
import { keeping, withUnknown } from '../../snapshots/kept-fields.ts'
import { ARCHIVE_VERIFICATION, ledgerNumber, verificationName } from '../../snapshots/layout.ts'
import type { Series } from '../../snapshots/series.ts'
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
  /** Damaged files that a repair stands in for. */
  repaired: z.array(keeping({ path: z.string(), with: z.string() })).default([]),
})

/** What the last verification of a series came to. */
export type VerificationResult = z.infer<typeof resultSchema>

const archiveSchema = keeping({
  format: z.literal(RESULT_FORMAT),
  at: z.iso.datetime({ precision: 3 }),
  faults: z.array(faultSchema),
})

/** What the last verification told of what belongs to no series. */
export type ArchiveResult = z.infer<typeof archiveSchema>

type StoredFault = VerificationResult['faults'][number]

/** What only `--deep` looks for: a quick look that finds nothing proves nothing of these. */
const DEEP_CODES: readonly string[] = ['FIELDS_DIFFER', 'FILE_INCONSISTENT'] satisfies FaultCode[]

/** Told by a view, which the sweep and `rebuild-view` bring on: no file of a snapshot is damaged. */
const VIEW_CODES: readonly string[] = ['VIEW_DIFFERS', 'VIEW_BEHIND'] satisfies FaultCode[]

/** What is wrong with a person's question, not with the archive. */
const QUESTION_CODES: readonly string[] = ['ANCHOR_NOT_FOUND'] satisfies FaultCode[]

const MAX_TRIES = 5

/** Keeps what the verification of a series came to. Rejects with `STORAGE_UNAVAILABLE`. */
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

/** Adds what the ledgers told of a series' snapshots, which is known when all series were looked at. */
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
 * Keeps what belongs to no series. `oldestLedger`: the number of the oldest that was looked at; what was known of
 * those before it stays known.
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

/** What the last verification of a series came to; null if there was none yet, or it can't be read any more. */
export async function lastVerification(
  { state }: { readonly state: Pick<StateStore, 'read'> },
  series: Series,
): Promise<VerificationResult | null> {
  const name = verificationName(series)
  return readResult(resultSchema, (await state.read(name)).bytes, name)
}

/** What the last verification told of what belongs to no series; null if there was none yet. */
export async function lastArchiveVerification({
  state,
}: {
  readonly state: Pick<StateStore, 'read'>
}): Promise<ArchiveResult | null> {
  const { bytes } = await state.read(ARCHIVE_VERIFICATION)
  return readResult(archiveSchema, bytes, ARCHIVE_VERIFICATION)
}

/** Does a fault say that a snapshot is not what it was, or only that its view is not? */
export function isDamage({ code }: { readonly code: string }): boolean {
  return !VIEW_CODES.includes(code)
}

/** Replaces a result; who comes between looks at what was written, and is looked at again. */
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
    try {
      await state.write(name, canonicalJson(result), etag)
      return
    } catch (error) {
      if (!hasCode(error, 'CONDITION_NOT_MET') || tries === MAX_TRIES) throw error
    }
  }
}

/** A result proves nothing and the next run makes it anew, so one that can't be read is as good as none. */
function readResult<T>(schema: z.ZodType<T>, bytes: Buffer | null, name: string): T | null {
  try {
    return bytes === null ? null : parseDocument(schema, bytes, name)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}
