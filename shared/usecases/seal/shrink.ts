/**
 * Guards against a source that loses data: if a series has lost many rows, everything is read again
 * unconditionally, an hour later, and sealed if rows are still missing. The second answer need not equal the
 * first, because an open period may change every hour.
 */
import { planName } from '../../format/layout.ts'
import { type Manifest, snapshotDigest } from '../../format/manifest.ts'
import type { Receipt } from '../../format/part-record.ts'
import { seriesFields } from '../../format/series.ts'
import { type OpenState, stateBytes } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'

const CONFIRM_AFTER_MS = 3_600_000

type Shrunk = NonNullable<OpenState['plan']['shrunk']>

/**
 * What a plan must wait for before it is sealed; null if it has not lost more than `percent` of the newest
 * snapshot's rows, or if that was already the case an hour ago.
 */
export function shrinkOf(
  open: OpenState,
  newest: Manifest | null,
  receipts: Readonly<Record<string, Receipt>>,
  percent: number,
  at: Date,
): Shrunk | null {
  const parts = open.plan.parts.flatMap((key) => receipts[key]?.part ?? [])
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0)
  const was = newest?.rowCount ?? 0
  if (rowCount * 100 >= was * (100 - percent)) return null
  // Every receipt is from the second fetch: earlier ones are too old for the plan (freshAfter).
  if (open.plan.shrunk !== null) return null
  const contentSha256 = snapshotDigest(parts)
  return { contentSha256, rowCount, was, since: at.toISOString() }
}

/** Records in the plan that it waits; its parts are then fetched unconditionally in an hour. */
export async function awaitConfirmation(
  archive: Pick<Archive, 'state' | 'log'>,
  open: OpenState,
  etag: string,
  shrunk: Shrunk,
): Promise<void> {
  const freshAfter = new Date(Date.parse(shrunk.since) + CONFIRM_AFTER_MS).toISOString()
  const waiting: OpenState = { ...open, plan: { ...open.plan, freshAfter, shrunk } }
  const written = await archive.state.write(planName(open.series), stateBytes(waiting), etag)
  if (written === null) return // another worker noticed it too, or the plan has advanced
  const { rowCount: rows, was } = shrunk
  archive.log.warn('plan.shrunk', {
    ...seriesFields(open.series),
    plan: open.plan.id,
    rows,
    was,
    until: freshAfter,
  })
}
