import { z } from 'zod'
import { datasets } from '../../datasets/catalogue.ts'
import { ArchiveError } from '../../errors.ts'
import type { BillingPeriod } from '../source.ts'

// The clock part of billingStart and billingEnd is not to be trusted (`2017-04-30T11:59:59Z`).
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/)
  .transform((text) => text.slice(0, 10))

const rowSchema = z.looseObject({
  // Documented as a string, sent as a number in examples.
  billingPeriodId: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^\d{4}(0[1-9]|1[0-2])$/)),
  billingStart: day,
  billingEnd: day,
})

/**
 * Reads the answer of the billing periods route, newest first. A dataset whose route is null or absent
 * has no data in that period. Throws `SOURCE_BAD_VALUE`.
 */
export function parseBillingPeriods(json: string): BillingPeriod[] {
  const result = z.array(rowSchema).safeParse(JSON.parse(json))
  if (!result.success) {
    const why = z.prettifyError(result.error)
    throw new ArchiveError('SOURCE_BAD_VALUE', `the list of billing periods is not one: ${why}`)
  }
  return result.data
    .map((row) => ({
      id: row.billingPeriodId,
      firstDay: row.billingStart,
      lastDay: row.billingEnd,
      datasets: datasets
        .filter(({ periodField }) => periodField !== null && isPath(row[periodField]))
        .map((dataset) => dataset.name),
    }))
    .sort((a, b) => (a.id < b.id ? 1 : -1))
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
