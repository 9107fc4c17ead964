/** The query parameters of rows. */
import { z } from 'zod'
import type { Condition } from '../../rows/select/condition.ts'
import type { RowFormat, RowSelection } from '../../rows/select/row-selector.ts'
import type { Snapshot } from '../../usecases/read/read-snapshots.ts'
import { decimalsForm, format, select, textOf, where } from './parameters.ts'

const MAX_ROWS = 5_000
export const DEFAULT_ROWS = 1_000

export const rowsQuery = z.strictObject({
  format: format.optional(),
  decimals: decimalsForm.optional(),
  select,
  where,
  limit: z
    .string()
    .regex(/^(all|[1-9]\d{0,3})$/, `all, or a whole number up to ${MAX_ROWS}`)
    .transform((text) => (text === 'all' ? text : Number(text)))
    .refine((value) => value === 'all' || value <= MAX_ROWS, `a whole number, at most ${MAX_ROWS}`)
    .optional()
    .meta({
      description: `Rows per page, by default ${DEFAULT_ROWS}; all: all rows as one file`,
    }),
  cursor: z
    .string()
    .regex(/^\d{1,7}-\d{1,7}-\d{1,7}$/, 'the cursor of a link to a next page')
    .optional()
    .meta({ description: 'Where the page begins, as given in the link to it' }),
})

export type RowsQuery = z.output<typeof rowsQuery>

/** A query whose conditions are valid for the columns of its dataset. */
export type CheckedQuery = RowsQuery & { readonly where: readonly Condition[] }

/** The requested rows: snapshot, selection and format. */
export interface RowsAsk {
  readonly snapshot: Snapshot
  readonly asked: CheckedQuery
  readonly as: RowFormat
}

export function selectionOf(asked: CheckedQuery): RowSelection {
  const { select: columns, where } = asked
  return {
    dates: null,
    where,
    dropFields: new Set(),
    rename: new Map(),
    select: columns ?? null,
    ...textOf(asked),
  }
}
