/**
 * Splits long parts into segments, so that no invocation is long and a restart repeats only one segment. Each
 * segment has its own files, which end with a whole block, and the part's next message continues after it.
 */

import type { Cursor, PartProgress } from '../../format/part-progress.ts'
import type { FileRecord, PartRecord } from '../../format/part-record.ts'
import type { Log } from '../../log.ts'
import { addOdd, leftOutOf, type OddTally, oddWords } from '../../rows/batch/odd-values.ts'
import { cutBatch } from '../../rows/blocks/cut-batch.ts'
import { sumTexts } from '../../rows/decimal/decimal.ts'
import { BLOCK_ROWS } from '../../rows/limits.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { SourceRows } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import type { PartFiles } from './part-files.ts'
import type { SegmentContent } from './segment-tally.ts'

/**
 * Writes rows until they end (`next` is null), or until `partMs` or `segmentRows` closes the segment.
 * Nothing is visible yet. `began`: when the delivery began, including all its starts.
 */
export async function writeSegment(
  archive: Pick<Archive, 'policy' | 'elapsedMs'>,
  batches: AsyncIterable<SourceRows>,
  files: PartFiles,
  layout: RowLayout,
  log: Log,
  began: number = archive.elapsedMs(),
): Promise<{ readonly next: Cursor | null; readonly segment: SegmentContent }> {
  try {
    const next = await writeRows(archive, batches, files, layout, log, began)
    return { next, segment: await files.end() }
  } catch (error) {
    files.abandon()
    throw error
  }
}

async function writeRows(
  archive: Pick<Archive, 'policy' | 'elapsedMs'>,
  batches: AsyncIterable<SourceRows>,
  files: PartFiles,
  layout: RowLayout,
  log: Log,
  began: number,
): Promise<Cursor | null> {
  const { partMs, segmentRows } = archive.policy
  const mostRows = Math.ceil(segmentRows / BLOCK_ROWS) * BLOCK_ROWS
  for await (const { batch, cursor } of batches) {
    if (files.isFull()) return cursor(0)
    const isLate = archive.elapsedMs() - began >= partMs
    const rows = files.rows()
    // At least one block, so that every segment makes progress.
    const end = isLate ? Math.max(BLOCK_ROWS, Math.ceil(rows / BLOCK_ROWS) * BLOCK_ROWS) : mostRows
    const room = end - rows
    if (batch.rows > room || room === 0) {
      const fitting = cutBatch(batch, 0, room, layout)
      if (fitting !== null) await files.add(fitting)
      return cursor(room)
    }
    await files.add(batch)
    log.debug('part.progress', { rows: batch.rows })
  }
  return null
}

/** The combined content of a part's segments. */
type Joined = Pick<
  PartProgress,
  'rowCount' | 'totals' | 'unknownFields' | 'drift' | 'odd' | 'files'
>

/** The content of a part of which no segment is finished. */
export const NO_SEGMENTS: Joined = {
  rowCount: 0,
  totals: {},
  unknownFields: [],
  drift: [],
  odd: [],
  files: [],
}

/** Appends a segment to those before it; `earlier`: null for the first one. */
export function joinSegments(
  earlier: PartProgress | null,
  { rowCount, totals, unknownFields, drift, odd }: SegmentContent,
  files: readonly FileRecord[],
): Joined {
  if (earlier === null) return { rowCount, totals, unknownFields, drift, odd, files: [...files] }
  const names = [...new Set([...earlier.unknownFields, ...unknownFields])]
  const sums = Object.entries(totals).map(
    ([column, total]) => [column, sumTexts([earlier.totals[column] ?? '0', total])] as const,
  )
  const all: OddTally = new Map()
  addOdd(all, earlier.odd, 0)
  addOdd(all, odd, earlier.rowCount)
  return {
    rowCount: earlier.rowCount + rowCount,
    totals: Object.fromEntries(sums),
    unknownFields: names,
    drift: [...new Set([...earlier.drift, ...drift])],
    odd: [...all.values()],
    files: [...earlier.files, ...files],
  }
}

/** The content of a complete part: odd values in words, and how many the totals leave out. */
export function partContent({
  odd,
  drift,
  ...content
}: Joined): Omit<Joined, 'odd'> & Pick<PartRecord, 'leftOut'> {
  const leftOut = leftOutOf(odd)
  const told = [...drift, ...oddWords(odd)]
  return { ...content, drift: told, ...(Object.keys(leftOut).length > 0 ? { leftOut } : {}) }
}
