import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import { ALL_PERIODS, BILLING_PERIOD, ENROLLMENT } from './patterns.ts'

/** One source × dataset × enrollment × billing period: the unit that has a history. */
export interface Series {
  readonly source: string
  readonly dataset: string
  readonly enrollment: string
  /** `yyyyMM`, or `all` for the list of billing periods. */
  readonly billingPeriod: string
}

/** A series by name, where its source is left to be decided. */
export type NamedSeries = Omit<Series, 'source'>

export { ALL_PERIODS } from './patterns.ts'

/** The part that covers a whole series. */
export const ALL_PART = 'all'

// Every value in a blob name must match these patterns.
export const enrollmentSchema = z.string().regex(ENROLLMENT, 'an enrollment number')
export const billingPeriodSchema = z
  .string()
  .regex(BILLING_PERIOD, 'a billing period as yyyyMM, e.g. 201704')
const nameSchema = z.string().regex(/^[a-z][a-z-]{1,40}$/, 'a name in lower case')
export const partKeySchema = z
  .string()
  .regex(/^(all|\d{4}-\d{2}-\d{2})$/, '"all" or a usage day as yyyy-MM-dd')
/** The slice of the rows without a usage day of the billing period. It sorts after all days. */
export const OTHER_SLICE = 'other'
export const sliceKeySchema = z
  .string()
  .regex(/^(other|\d{4}-\d{2}-\d{2})$/, '"other" or a usage day as yyyy-MM-dd')
export const idSchema = z.string().regex(/^[a-z0-9-]{8,64}$/, 'an id')

export const seriesSchema = z.object({
  source: nameSchema,
  dataset: nameSchema,
  enrollment: enrollmentSchema,
  billingPeriod: z.union([z.literal(ALL_PERIODS), billingPeriodSchema]),
})

const namedSchema = seriesSchema.omit({ source: true })

/** Returns `series` if it fits the archive's grammar; throws `FORMAT_INVALID` otherwise. */
export function checkSeries(series: Series): Series {
  return checked(seriesSchema, series)
}

/** The same, for a series whose source is left to be decided. */
export function checkNamed(series: NamedSeries): NamedSeries {
  return checked(namedSchema, series)
}

function checked<T>(schema: z.ZodType<T>, series: unknown): T {
  const result = schema.safeParse(series)
  if (result.success) return result.data
  throw new ArchiveError('FORMAT_INVALID', `not a series: ${z.prettifyError(result.error)}`)
}

/** `series`, or null if it does not fit the archive's grammar. */
export function seriesOrNull(series: Series): Series | null {
  return seriesSchema.safeParse(series).data ?? null
}

/** `series` without its source, or null if it does not fit the archive's grammar. */
export function namedOrNull(series: NamedSeries): NamedSeries | null {
  return namedSchema.safeParse(series).data ?? null
}

/** For logs and progress: `usagedetails 100 201704`. */
export function seriesLabel(series: NamedSeries): string {
  return `${series.dataset} ${series.enrollment} ${series.billingPeriod}`
}

/** Names a series in a log line. */
export function seriesFields(series: Series): { readonly source: string; readonly series: string } {
  return { source: series.source, series: seriesLabel(series) }
}
