/**
 * The record of a repair: a file that replaces a damaged one, with exactly the bytes that the snapshots
 * expect.
 */
import { z } from 'zod'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'

export const REPAIR_FORMAT = 'billing-archive-repair/1'

const repairRecordSchema = keeping({
  format: z.literal(REPAIR_FORMAT),
  at: z.iso.datetime({ precision: 3 }),
  /** The damaged file, as the snapshots name it. */
  path: z.string().min(1),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What was wrong with it. */
  found: z.string(),
  /** The file to read instead. Its bytes have the same digest. */
  with: z.string().min(1),
  /** Where its bytes came from, in words. */
  from: z.string(),
  writer: keeping({ name: z.string(), version: z.string() }),
})
export type RepairRecord = z.infer<typeof repairRecordSchema>

export function repairBytes(record: RepairRecord): Buffer {
  return canonicalJson(record)
}

/** Throws `FORMAT_INVALID` with `what`. */
export function parseRepair(bytes: Uint8Array, what: string): RepairRecord {
  return parseDocument(repairRecordSchema, bytes, what)
}
