import { ArchiveError } from '../errors.ts'
import { BLOCK_ROWS } from '../rows/limits.ts'
import { segmentsOf } from '../snapshots/part-record.ts'
import type { Snapshot } from '../usecases/read-snapshots.ts'
import type { Position } from '../usecases/serve-rows.ts'

/**
 * Throws `BAD_REQUEST` for a position that no page of the snapshots has: what begins behind the last row would be
 * answered by nothing, as if that were all.
 */
export function checkPosition(snapshots: readonly Snapshot[], position: Position): void {
  const part = snapshots[position.snapshot]?.manifest.parts[position.part]
  const segments = segmentsOf(part?.files ?? [])
  const blocks = segments.reduce((sum, { json }) => sum + Math.ceil(json.rows / BLOCK_ROWS), 0)
  if (position.block < blocks && position.row < BLOCK_ROWS) return
  throw new ArchiveError(
    'BAD_REQUEST',
    'the page begins where there are no rows: not one of our links',
  )
}
