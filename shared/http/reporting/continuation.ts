import { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import type { Position } from '../../usecases/read/serve-rows.ts'

const count = z.int().nonnegative()
const period = z.string().regex(/^(all|\d{4}(0[1-9]|1[0-2]))$/)

/** Custom dates may span 36 months, and every later period may have billed one of their days late. */
const MAX_SNAPSHOTS = 600

const schema = z.object({
  /** Period and number of every snapshot in the report, and the place of its source in `k`. */
  s: z.array(z.tuple([period, z.int().positive()]).rest(count)).max(MAX_SNAPSHOTS),
  /** Sources by name. Absent where only one has the data, and in older links. */
  k: z.array(z.string()).optional(),
  /** Snapshot, part, block and row where the page begins. Older links have no row, which means the first. */
  at: z.tuple([count, count, count]).rest(count),
})

/** A snapshot in a report. */
export interface ReportedSnapshot {
  readonly billingPeriod: string
  readonly number: number
  /** Null if the link names none. */
  readonly source: string | null
}

/** The content of a nextLink, which keeps all pages of a report on the same snapshots. */
export interface Continuation {
  readonly snapshots: readonly ReportedSnapshot[]
  readonly position: Position
}

export function encodeContinuation({ snapshots, position }: Continuation): string {
  const kinds = [...new Set(snapshots.flatMap(({ source }) => source ?? []))]
  const s = snapshots.map(({ billingPeriod, number, source }) =>
    source === null ? [billingPeriod, number] : [billingPeriod, number, kinds.indexOf(source)],
  )
  const at = [position.snapshot, position.part, position.block, position.row]
  const content = kinds.length === 0 ? { s, at } : { s, k: kinds, at }
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** Decodes a token; throws `BAD_REQUEST` for any token that this program did not create. */
export function decodeContinuation(token: string): Continuation {
  try {
    const { s, k = [], at } = schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    const snapshots = s.map(([billingPeriod, number, kind]) => {
      return { billingPeriod, number, source: kind === undefined ? null : kindAt(k, kind) }
    })
    const [snapshot, part, block, row = 0] = at
    return { snapshots, position: { snapshot, part, block, row } }
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', 'invalid skiptoken: use the nextLink unchanged', {
      cause,
    })
  }
}

function kindAt(kinds: readonly string[], at: number): string {
  const kind = kinds[at]
  if (kind === undefined) throw new Error(`the token names no source ${at}`)
  return kind
}
