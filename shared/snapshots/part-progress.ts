import { z } from 'zod'
import { ODDITIES } from '../rows/odd-values.ts'
import { keeping } from './kept-fields.ts'
import { fileRecordSchema, validatorSchema } from './part-record.ts'
import { idSchema } from './series.ts'

const count = z.int().nonnegative()
const hex64 = z.string().regex(/^[0-9a-f]{64}$/)

/** What a source's answer contains besides the rows. */
const answerFactsSchema = keeping({
  /** Of the first page; null if the source gave none. */
  validator: validatorSchema.nullable(),
  /** The fields beside the rows of the first page, each value as its raw JSON text. */
  envelope: z.record(z.string(), z.string()),
  /** Requests made so far. */
  requests: count,
  /** SHA-256 over the row lines of the first of several pages, to detect whether it has changed. */
  firstPageSha256: hex64.optional(),
})
export type AnswerFacts = z.infer<typeof answerFactsSchema>

/** Where to continue with the rows of a part. */
const resumePointSchema = keeping({
  /** The page that holds the next row. */
  url: z.string(),
  /** Rows of that page that earlier segments contain. */
  rowsToSkip: count,
  /** SHA-256 over the lines of those rows, which must be unchanged. */
  skippedSha256: hex64.optional(),
  facts: answerFactsSchema,
})
export type ResumePoint = z.infer<typeof resumePointSchema>

const oddValuesSchema = keeping({
  column: z.string(),
  what: z.enum(ODDITIES),
  count: z.int().positive(),
  rows: z.array(z.int().positive()),
})

/** The segments of a long part that are finished, and where the next one begins. */
export const partProgressSchema = keeping({
  /** The attempt that finished the last segment. */
  attempt: idSchema,
  /** How often the part has been started, including this time. */
  starts: z.int().positive(),
  /** When its first segment was started. */
  fetchedAt: z.iso.datetime({ precision: 3 }),
  resume: resumePointSchema,
  rowCount: count,
  totals: z.record(z.string(), z.string()),
  unknownFields: z.array(z.string()),
  drift: z.array(z.string()).default([]),
  /** Values that can't be summed, or dates that name no day; rows are counted from the part's first. */
  odd: z.array(oddValuesSchema).default([]),
  files: z.array(fileRecordSchema),
})
export type PartProgress = z.infer<typeof partProgressSchema>
