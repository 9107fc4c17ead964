import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { byUtf8, canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { seriesFolder } from './layout.ts'
import { previousSchema } from './manifest.ts'
import type { Series } from './series.ts'

export const LEDGER_FORMAT = 'billing-archive-ledger/1'

const ledgerSchema = keeping({
  format: z.literal(LEDGER_FORMAT),
  number: z.int().positive(),
  takenAt: z.iso.datetime({ precision: 3 }),
  /** Every series, by its folder, with its newest manifest. */
  entries: z.array(previousSchema.extend({ series: z.string() })),
  previous: previousSchema.nullable(),
  writer: keeping({ name: z.string(), version: z.string() }),
})

/** A record of the whole archive on one day. Its own digest, kept elsewhere, proves all of it. */
export type Ledger = z.infer<typeof ledgerSchema>

/** The newest manifest of a series. */
export interface LedgerEntry {
  readonly series: Series
  readonly number: number
  readonly sha256: string
}

/** The bytes of a ledger; its digest covers exactly these. */
export function ledgerBytes(
  ledger: Omit<Ledger, 'format' | 'entries'>,
  entries: readonly LedgerEntry[],
): Buffer {
  const named = entries
    .map(({ series, number, sha256 }) => ({ series: seriesFolder(series), number, sha256 }))
    .sort((a, b) => byUtf8(a.series, b.series))
  return canonicalJson({ ...ledger, format: LEDGER_FORMAT, entries: named })
}

/** Reads a ledger; throws `FORMAT_INVALID`, or `FORMAT_UNSUPPORTED` if a later program wrote it. */
export function parseLedger(bytes: Uint8Array, name: string): Ledger {
  const { format } = parseDocument(z.object({ format: z.string() }), bytes, name)
  if (format !== LEDGER_FORMAT) {
    throw new ArchiveError(
      'FORMAT_UNSUPPORTED',
      `${name} has the unknown format "${format}": use a newer program`,
    )
  }
  return parseDocument(ledgerSchema, bytes, name)
}
