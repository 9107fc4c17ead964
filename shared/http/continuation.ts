import { z } from 'zod'
import { ArchiveError } from '../errors.ts'
import type { Position } from '../usecases/serve-rows.ts'

const count = z.int().nonnegative()

const schema = z.object({
  /** Period and number of every snapshot that the report is made of. */
  s: z.array(z.tuple([z.string().regex(/^(all|\d{6})$/), z.int().positive()])).max(60),
  /** Snapshot, part and block where the page begins. */
  at: z.tuple([count, count, count]),
})

/** What a nextLink carries, so that all pages of a report are from the same snapshots. */
export interface Continuation {
  readonly snapshots: readonly (readonly [billingPeriod: string, number: number])[]
  readonly position: Position
}

export function encodeContinuation({ snapshots, position }: Continuation): string {
  const at = [position.snapshot, position.part, position.block]
  return Buffer.from(JSON.stringify({ s: snapshots, at })).toString('base64url')
}

/** Reads a token; throws `BAD_REQUEST` for anything that we did not make. */
export function decodeContinuation(token: string): Continuation {
  try {
    const { s, at } = schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    const [snapshot, part, block] = at
    return { snapshots: s, position: { snapshot, part, block } }
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', 'the skiptoken is not one of ours', { cause })
  }
}
