/** Valid values of path and query parameters. Only values that match reach a use case. */
import { z } from 'zod'
import { datasets } from '../../datasets/catalogue.ts'
import type { DatasetName } from '../../datasets/dataset.ts'
import { ArchiveError } from '../../errors.ts'
import { ALL_PERIODS, enrollmentSchema, seriesSchema } from '../../format/series.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import {
  CONDITION,
  CONDITION_FORM,
  type Condition,
  checkedCondition,
  parseCondition,
} from '../../rows/select/condition.ts'

const names = datasets.map(({ name }) => name) as [DatasetName, ...DatasetName[]]

const number = (what: string, max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'a whole number, at least 1')
    .transform(Number)
    .refine((value) => value <= max, `a whole number, at most ${max}`)
    // In a URL it is text, but generated clients should use a number.
    .meta({ description: what, type: 'integer', minimum: 1, maximum: max, pattern: undefined })

export const enrollment = enrollmentSchema.meta({ description: 'Enrollment number, e.g. 100' })
export const dataset = z
  .enum(names)
  .meta({ id: 'Dataset', description: "Dataset, by the name of the old API's route" })
/** One pattern, because generators would turn a union of a word and a pattern into a class. */
export const period = z
  .string()
  .regex(
    new RegExp(`^(${ALL_PERIODS}|\\d{4}(0[1-9]|1[0-2]))$`),
    `a billing period as yyyyMM, or ${ALL_PERIODS}`,
  )
  .meta({ description: 'Billing period as yyyyMM; `all` for the list of billing periods' })
export const source = seriesSchema.shape.source.optional().meta({
  description: 'Source of the data, if several have it; by default the one that answers',
})
export const snapshotNumber = number('Number of a snapshot, starting at 1', 999_999_999)

/** The path of one series. */
export const seriesParams = z.strictObject({ enrollment, dataset, period })

export const limit = (max: number) =>
  number(`Maximum number of items, up to ${max}`, max).optional()

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

export const asOf = z
  .string()
  .refine((text) => moment.safeParse(text).success, 'a day, or a time with its zone')
  .transform((text) => new Date(text).toISOString())
  .optional()
  .meta({
    description: 'The data as known at this time, e.g. 2026-11-24T12:00:00Z; a day means 00:00 UTC',
  })

export const format = z.enum(['json', 'ndjson', 'csv']).meta({
  id: 'RowFormat',
  description: 'Format of the rows; takes precedence over the Accept header',
})

export const decimalsForm = z.enum(['number', 'text']).meta({
  id: 'DecimalsForm',
  description:
    'text: every number in a row is a string of the archived digits, for clients that read numbers as doubles. CSV is always text',
})

/** The option for text decimals, if the query asks for them. */
export interface TextDecimals {
  readonly decimals?: 'text'
}

export function textOf({
  decimals,
}: {
  readonly decimals?: 'number' | 'text' | undefined
}): TextDecimals {
  return decimals === 'text' ? { decimals } : {}
}

const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .pipe(
    z
      .array(z.string().min(1).max(100))
      .max(100)
      .refine((names) => new Set(names).size === names.length, 'each name only once'),
  )

export const select = list
  .optional()
  .meta({ description: 'Columns to return, in this order, e.g. date,meterName,cost' })

export const where = z
  .array(
    z
      .string()
      .regex(CONDITION, { error: ({ input }) => `${String(input)}: expected ${CONDITION_FORM}` })
      .transform(parseCondition),
  )
  .max(10)
  .optional()
  .meta({
    description:
      'A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold',
  })

export const groupBy = list.pipe(z.array(z.string()).max(2)).optional().meta({
  description: 'One or two columns to group by, or billingPeriod, e.g. serviceName,resourceGroup',
})
export const sum = list.optional().meta({ description: 'Decimal columns to sum; by default, all' })

/** Throws `BAD_REQUEST` for names that are not columns of the dataset. */
export function checkColumns(
  known: readonly string[],
  asked: readonly string[],
  parameter: string,
): void {
  const wrong = asked.filter((name) => !known.includes(name))
  if (wrong.length === 0) return
  throw new ArchiveError(
    'BAD_REQUEST',
    `${parameter}: no such column: ${wrong.join(', ')}; the columns are: ${known.join(', ')}`,
  )
}

/**
 * The conditions, converted to their columns' types. Throws `BAD_REQUEST` for a condition that no row could
 * meet: an empty result would look like an answer.
 */
export function checkedWhere(
  layout: RowLayout,
  conditions: readonly Condition[] | undefined,
): Condition[] {
  const names = layout.columns.map(({ name }) => name)
  const given = conditions ?? []
  checkColumns(
    names,
    given.map(({ column }) => column),
    'where',
  )
  return given.map((condition) => checkedCondition(layout, condition))
}

/** The query parameters by name; those that can be repeated as arrays. */
export function queryValues(
  schema: z.ZodObject,
  params: URLSearchParams,
): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {}
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name)
    const isList = isArray(schema.shape[name])
    if (!isList && all.length > 1) {
      throw new ArchiveError('BAD_REQUEST', `the parameter ${name.slice(0, 40)} occurs twice`)
    }
    values[name] = isList ? all : (all[0] ?? '')
  }
  return values
}

function isArray(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return isArray(schema.unwrap())
  return schema instanceof z.ZodArray
}
