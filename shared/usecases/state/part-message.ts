import { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import { idSchema, partKeySchema, seriesSchema } from '../../format/series.ts'

const schema = z.object({ series: seriesSchema, planId: idSchema, part: partKeySchema })

/** The content of a queue message: archive this part for that plan. */
export type PartMessage = z.infer<typeof schema>

export function encodeMessage(message: PartMessage): string {
  return JSON.stringify(message)
}

/** Parses a message's body; throws `FORMAT_INVALID`. */
export function parseMessage(body: unknown): PartMessage {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new ArchiveError('FORMAT_INVALID', `not a part message: ${z.prettifyError(result.error)}`)
}
