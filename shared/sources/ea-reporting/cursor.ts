import { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import { keeping } from '../../format/kept-fields.ts'
import type { Cursor } from '../../format/part-progress.ts'
import { validatorSchema } from '../../format/part-record.ts'

const count = z.int().nonnegative()
const hex64 = z.string().regex(/^[0-9a-f]{64}$/)

/** What the pages read so far say besides their rows. */
const pageFactsSchema = keeping({
  /** Of the first page; null if the source gave none. */
  validator: validatorSchema.nullable(),
  /** The fields beside the rows of the first page, each value as its raw JSON text. */
  envelope: z.record(z.string(), z.string()),
  /** Requests made so far. */
  requests: count,
  /** SHA-256 over the row lines of the first of several pages, to detect whether it has changed. */
  firstPageSha256: hex64.optional(),
})
export type PageFacts = z.infer<typeof pageFactsSchema>

/** Where to continue with the rows of a part. States of all versions of the program hold it in this form. */
const resumePointSchema = keeping({
  /** The page that holds the next row. */
  url: z.string(),
  /** Rows of that page that are archived already. */
  rowsToSkip: count,
  /** SHA-256 over the lines of those rows, which must be unchanged. */
  skippedSha256: hex64.optional(),
  facts: pageFactsSchema,
})
export type ResumePoint = z.infer<typeof resumePointSchema>

/** Parses this source's cursor; throws `SOURCE_CHANGED`, so that the part starts over, if it is invalid. */
export function resumePoint(cursor: Cursor): ResumePoint {
  const { success, data } = resumePointSchema.safeParse(cursor)
  if (success) return data
  throw new ArchiveError('SOURCE_CHANGED', 'the cursor is unreadable: the part starts over')
}
