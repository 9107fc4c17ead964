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
