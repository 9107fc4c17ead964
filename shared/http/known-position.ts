import { ArchiveError } from '../errors.ts'
import { segmentsOf } from '../format/part-record.ts'
import type { BlobReader } from '../storage/ports.ts'
import { readIndex, type Snapshot } from '../usecases/read/read-snapshots.ts'
import type { Position } from '../usecases/read/serve-rows.ts'

/**
 * Rejects with `BAD_REQUEST` for a position that no page of the snapshots has: after the last row, the answer
 * would be empty and look complete.
 */
export async function checkPosition(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  { snapshot, part, block, row }: Position,
): Promise<void> {
  const files = snapshots[snapshot]?.manifest.parts[part]?.files ?? []
  let left = block
  for (const segment of segmentsOf(files)) {
    const { blocks } = await readIndex(reader, segment.index.path)
    const found = blocks[left]
    if (found !== undefined && row < found.rows) return
    left -= blocks.length
    if (left < 0) break
  }
  const message = 'no page begins there: use the link to the page unchanged'
  throw new ArchiveError('BAD_REQUEST', message)
}
