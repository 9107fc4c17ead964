import { z } from 'zod'
import { ODDITIES } from '../rows/batch/odd-values.ts'
import { keeping } from './kept-fields.ts'
import { fileRecordSchema } from './part-record.ts'
import { idSchema } from './series.ts'

const count = z.int().nonnegative()

/**
 * Where a source continues with a part: a JSON object that only that source can read. It contains no key,
 * token or signed link.
 */
const cursorSchema = z.record(z.string(), z.unknown())
export type Cursor = Readonly<z.infer<typeof cursorSchema>>

const oddValuesSchema = keeping({
  column: z.string(),
  what: z.enum(ODDITIES),
  count: z.int().positive(),
  rows: z.array(z.int().positive()),
})

/**
 * The finished segments of a part, and where its source continues: a long part has some, a part that its
 * source is still preparing has none yet.
 */
export const partProgressSchema = keeping({
  /** The attempt that wrote this. */
  attempt: idSchema,
  /** How often the part has been started, including this time. */
  starts: z.int().positive(),
  /** When its first segment was started. */
  fetchedAt: z.iso.datetime({ precision: 3 }),
  /** Where its source continues with the rows that are not in `files`. */
  resume: cursorSchema,
  rowCount: count,
  totals: z.record(z.string(), z.string()),
  unknownFields: z.array(z.string()),
  drift: z.array(z.string()).default([]),
  /** Values that can't be summed, or dates that name no day; rows are counted from the part's first. */
  odd: z.array(oddValuesSchema).default([]),
  files: z.array(fileRecordSchema),
})
export type PartProgress = z.infer<typeof partProgressSchema>
