/** The result of reconciling a billing period, as a document of `billing-state`. */
import { z } from 'zod'
import { hasCode } from '../../errors.ts'
import { parseDocument } from '../../format/canonical-json.ts'
import { keeping } from '../../format/kept-fields.ts'
import { reconciliationName } from '../../format/layout.ts'
import type { Archive } from '../archive.ts'

export const RECONCILIATION_FORMAT = 'billing-archive-reconciliation/1'

const daysSchema = keeping({
  dataset: z.string(),
  /** The snapshots compared: the last one fetched by day, and the first of the whole period. */
  days: z.int(),
  whole: z.int(),
  rowsOfDays: z.int(),
  rowsOfWhole: z.int(),
  onlyInDays: z.int(),
  onlyInWhole: z.int(),
  totals: z.array(
    keeping({ column: z.string(), from: z.string(), to: z.string(), difference: z.string() }),
  ),
  /** Digests and dates of some rows that only one side has; not the rows, which contain names of people. */
  examples: z.array(keeping({ side: z.enum(['days', 'whole']), row: z.string() })),
})

export const reconciliationSchema = keeping({
  format: z.literal(RECONCILIATION_FORMAT),
  enrollment: z.string(),
  billingPeriod: z.string(),
  at: z.iso.datetime({ precision: 3 }),
  /** False while the source still changes the period: differences are expected then. */
  settled: z.boolean(),
  currency: z.string(),
  /** Digests of the compared manifests, by dataset: nothing needs to be done while they are the same. */
  manifests: z.record(z.string(), z.string()),
  relations: z.array(
    keeping({
      relation: z.string(),
      left: z.string(),
      right: z.string(),
      difference: z.string(),
      agrees: z.boolean(),
    }),
  ),
  days: z.array(daysSchema),
  /** Sums of costs billed separately, by the digest of their part: each part is read once. */
  separately: z.record(z.string(), z.string()),
})

/** The result of reconciling a billing period. */
export type Reconciliation = z.infer<typeof reconciliationSchema>

/** The last reconciliation of a billing period; null if there is no readable one. */
export async function lastReconciliation(
  { state }: Pick<Archive, 'state'>,
  enrollment: string,
  billingPeriod: string,
): Promise<Reconciliation | null> {
  const name = reconciliationName(enrollment, billingPeriod)
  const { bytes } = await state.read(name)
  return parseReconciliation(bytes, name)
}

/** An unreadable result is treated as missing: it is computed again. */
export function parseReconciliation(bytes: Buffer | null, name: string): Reconciliation | null {
  try {
    return bytes === null ? null : parseDocument(reconciliationSchema, bytes, name)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}
