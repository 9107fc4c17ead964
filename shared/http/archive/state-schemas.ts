/** Schemas of the answers about the archive's state: its verification and health. */
import { z } from 'zod'
import { dataset, enrollment } from './parameters.ts'
import { count, hex64, number, source, text, time } from './schema-values.ts'

const ledgerDigest = z.object({ number, takenAt: time, sha256: hex64 }).meta({
  id: 'LedgerDigest',
  description: 'The newest ledger. Its digest, kept elsewhere, proves the whole archive',
})
const fault = z
  .object({ code: text, blob: text, message: text, safe: text.nullable() })
  .meta({ id: 'Fault' })
const verifiedSeries = z
  .object({
    source,
    dataset,
    enrollment,
    billingPeriod: text,
    at: time,
    snapshots: count,
    files: count,
    leftovers: count,
    faults: z.array(fault),
  })
  .meta({ id: 'VerifiedSeries' })

export const verification = z
  .object({ ledger: ledgerDigest.nullable(), series: z.array(verifiedSeries) })
  .meta({ id: 'Verification' })

const level = z.enum(['ok', 'warning', 'error', 'unknown']).meta({ id: 'KeyLevel' })
const healthStatus = z.enum(['ok', 'warning', 'failed']).meta({ id: 'HealthStatus' })
const seriesStatus = z
  .enum(['archived', 'unsettled', 'stale', 'missing', 'failed', 'waiting', 'damaged'])
  .meta({ id: 'SeriesStatus' })
const planState = z.enum(['open', 'sealing', 'closed', 'none']).meta({ id: 'PlanState' })
const failedPart = z
  .object({ part: text, code: text, message: text, since: time, at: time })
  .meta({ id: 'FailedPart' })
const shrunk = z.object({ rows: count, was: count, since: time }).meta({ id: 'Shrunk' })
const verified = z.object({ at: time, faults: count, repaired: count }).meta({ id: 'Verified' })
const viewHealth = z
  .object({
    number: count,
    isBehind: z.boolean(),
    inexact: z.record(text, count).meta({
      description: 'Number of values in the Parquet column `exact`, by their own column',
    }),
  })
  .meta({ id: 'ViewHealth' })
const seriesHealth = z
  .object({
    source,
    dataset,
    enrollment,
    billingPeriod: text,
    answers: z.boolean().meta({
      description:
        'False if another source answers for this period: responses and the view come from that one',
    }),
    status: seriesStatus,
    plan: planState,
    number: z.int().nullable(),
    settled: z.boolean(),
    checkedAt: time.nullable(),
    listed: z.boolean(),
    failed: z.array(failedPart),
    shrunk: shrunk.nullable(),
    unknownFields: z.array(text),
    drift: z.array(text),
    verified: verified.nullable(),
    view: viewHealth.nullable(),
  })
  .meta({ id: 'SeriesHealth' })
const keyHealth = z.looseObject({ enrollment, level, message: text }).meta({ id: 'KeyHealth' })
const reconciliation = z.looseObject({ billingPeriod: text }).meta({ id: 'Reconciliation' })

export const health = z
  .object({
    status: healthStatus,
    faults: count.optional().meta({
      description:
        'Number of faults that the last verification found outside the series, mainly in ledgers',
    }),
    series: z.array(seriesHealth).optional(),
    keys: z.array(keyHealth).optional(),
    reconciliations: z.array(reconciliation).optional(),
  })
  .meta({ id: 'Health' })

/** Every named schema of this file. */
export const stateSchemas: readonly z.ZodType[] = [
  verification,
  ledgerDigest,
  verifiedSeries,
  fault,
  health,
  level,
  healthStatus,
  seriesStatus,
  planState,
  failedPart,
  shrunk,
  verified,
  viewHealth,
  seriesHealth,
  keyHealth,
  reconciliation,
]
