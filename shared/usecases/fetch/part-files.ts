import { type FileRecord, type PartRecord, rowsVersionOf } from '../../format/part-record.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { contentDigest } from '../../rows/blocks/digest.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { Archive } from '../archive.ts'
import { blockDigestsOf } from './block-digests.ts'
import { type FileTarget, fileTriple } from './file-triple.ts'
import { type SegmentContent, segmentTally } from './segment-tally.ts'

/** The files of one attempt at a part, or at a segment of one, written while rows arrive. */
export interface PartFiles {
  /** Adds rows; the caller may reuse the batch once it resolves. */
  add(batch: RowBatch): Promise<void>
  /** Rows added so far. */
  rows(): number
  /** True if the files take so much memory that the segment must end. */
  isFull(): boolean
  /** Ends the rows. Nothing is visible yet. */
  end(): Promise<SegmentContent>
  /** Makes the files of a segment visible. */
  commit(): Promise<FileRecord[]>
  /**
   * Makes the part's last files visible, and gives all of them; `earlier`: those of its other segments. If the part has
   * the rows of `base`, it keeps those files: then this gives `base`.
   */
  finish(earlier: readonly FileRecord[], base: PartRecord | null): Promise<PartContent>
  /** Discards files that will not be committed. */
  abandon(): void
}

/** All files of a part, and what their rows amount to. */
export type PartContent = Pick<PartRecord, 'files' | 'contentSha256' | 'rowsDigest'>

/** What the files of a part are called and labelled. */
export type PartTarget = Omit<FileTarget, 'slice'>

/** The dependencies of writing files. */
export type FileWriter = Pick<Archive, 'snapshots' | 'texts' | 'deflate'>

/** Three files with all rows in the order in which they come. */
export function partFiles(archive: FileWriter, target: PartTarget, layout: RowLayout): PartFiles {
  const triple = fileTriple(archive, { ...target, slice: null }, layout)
  const tally = segmentTally(layout)
  let digests: string[] = []
  return {
    add(batch) {
      tally.add(batch)
      return triple.add(batch)
    },
    rows: triple.rows,
    isFull: () => false,
    async end() {
      digests = await triple.end()
      return tally.content()
    },
    commit: triple.commit,
    async finish(earlier, base) {
      const before = await blockDigestsOf(archive.snapshots, earlier)
      const contentSha256 = contentDigest([...before, ...digests])
      const isSame = base?.contentSha256 === contentSha256
      if (isSame && rowsVersionOf(base) === target.rowsVersion) {
        triple.abandon()
        return base
      }
      return { files: [...earlier, ...(await triple.commit())], contentSha256 }
    },
    abandon: triple.abandon,
  }
}
