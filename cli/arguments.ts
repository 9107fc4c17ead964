/** What may stand on the command line, checked before anything is asked for. */
import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { datasets } from '../shared/datasets/catalogue.ts'
import type { DatasetName } from '../shared/datasets/dataset.ts'
import {
  ALL_PERIODS,
  billingPeriodSchema,
  enrollmentSchema,
  type Series,
} from '../shared/snapshots/series.ts'

function checked<T>(schema: z.ZodType<T>, expected: string) {
  return (text: string): T => {
    const result = schema.safeParse(text)
    if (result.success) return result.data
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
}

const names = datasets.map(({ name }) => name)

export const datasetArgument = checked(
  z.enum(names as [DatasetName, ...DatasetName[]]),
  `one of ${names.join(', ')}`,
)
export const enrollmentArgument = checked(enrollmentSchema, 'an enrollment number, e.g. 100')
const months = checked(billingPeriodSchema, 'a billing period as yyyyMM, e.g. 201704')
export const monthArgument = months
export const periodArgument = (text: string): string => (text === ALL_PERIODS ? text : months(text))
export const numberArgument = checked(
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
  'the number of a snapshot, from 1 on',
)
export const timeArgument = checked(
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })])
    .transform((text) => new Date(text).toISOString()),
  'a time, e.g. 2026-11-24 or 2026-11-24T12:00:00Z',
)
export const hashArgument = checked(
  z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.string().regex(/^[0-9a-f]{64}$/)),
  'a SHA-256 as 64 hex digits, as "ledger" prints it',
)

export function enrollmentsArgument(text: string): string[] {
  const enrollments = text.split(',').map((item) => item.trim())
  return enrollments.map(enrollmentArgument)
}

const DAY_MS = 86_400_000
const MAX_DAYS = 36_500

/** A key that has no end. */
export const NEVER = 'never'

/** When a key ends, from `180d`, a time or `never`: a time, or {@link NEVER}. */
export function expiryArgument(text: string): string {
  if (text === NEVER) return NEVER
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1])
  if (days >= 1 && days <= MAX_DAYS) return new Date(Date.now() + days * DAY_MS).toISOString()
  const time = Number.isNaN(days) ? timeArgument(text) : ''
  if (time > new Date().toISOString()) return time
  throw new InvalidArgumentError('Expected e.g. 180d, a time to come, or never.')
}

export const digestArgument = checked(
  z.string().regex(/^[0-9a-f]{6,64}$/),
  'the beginning of a digest, six hex digits or more, as "keys list" shows it',
)

export const nameArgument = checked(z.string().min(1).max(100), 'a name of 1 to 100 characters')

/** Which series a command is about; all of the archive where nothing is said. */
export interface Filter {
  readonly dataset?: DatasetName
  readonly enrollment?: string
  readonly period?: string
}

export function matches({ dataset, enrollment, period }: Filter): (series: Series) => boolean {
  return (series) =>
    (dataset === undefined || series.dataset === dataset) &&
    (enrollment === undefined || series.enrollment === enrollment) &&
    (period === undefined || series.billingPeriod === period)
}
