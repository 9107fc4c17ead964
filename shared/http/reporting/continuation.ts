import { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import type { Position } from '../../usecases/read/serve-rows.ts'

const count = z.int().nonnegative()

/** Custom dates may span 36 months, and every later period may have billed one of their days late. */
const MAX_SNAPSHOTS = 600

const schema = z.object({
  /** Period and number of every snapshot in the report. */
  s: z
    .array(z.tuple([z.string().regex(/^(all|\d{4}(0[1-9]|1[0-2]))$/), z.int().positive()]))
    .max(MAX_SNAPSHOTS),
  /** Snapshot, part, block and row where the page begins. Older links have no row, which means the first. */
  at: z.tuple([count, count, count]).rest(count),
})

/** The content of a nextLink, which keeps all pages of a report on the same snapshots. */
export interface Continuation {
  readonly snapshots: readonly (readonly [billingPeriod: string, number: number])[]
  readonly position: Position
}

export function encodeContinuation({ snapshots, position }: Continuation): string {
  const at = [position.snapshot, position.part, position.block, position.row]
  return Buffer.from(JSON.stringify({ s: snapshots, at })).toString('base64url')
}

/** Decodes a token; throws `BAD_REQUEST` for any token that this program did not create. */
export function decodeContinuation(token: string): Continuation {
  try {
    const { s, at } = schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    const [snapshot, part, block, row = 0] = at
    return { snapshots: s, position: { snapshot, part, block, row } }
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', 'invalid skiptoken: use the nextLink unchanged', {
      cause,
    })
  }
}
