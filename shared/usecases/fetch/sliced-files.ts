/**
 * The files of a part whose rows come in no promised order, cut by usage day: each slice has three files of its own,
 * and a slice with the rows that it had keeps its older files. docs/decisions/0014-slices.md has the limits on memory.
 */
import type { FileRecord } from '../../format/part-record.ts'
import { monthOfSlices, sliceKey } from '../../format/slices.ts'
import { dayCutter } from '../../rows/blocks/cut-by-day.ts'
import { type RowsDigest, rowsDigest } from '../../rows/blocks/rows-digest.ts'
import { textPool } from '../../rows/bytes/text-pool.ts'
import { MAX_OPEN_BYTES } from '../../rows/limits.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { type FileTriple, fileTriple } from './file-triple.ts'
import { finishSlices, type NewSlice } from './finish-slices.ts'
import type { FileWriter, PartFiles, PartTarget } from './part-files.ts'
import { segmentTally } from './segment-tally.ts'
import { settleAll } from './settle-all.ts'

/** How many slices have blocks that are being deflated while rows are cut. */
const BUSY_SLICES = 2

/** How many slices end, or become visible, at once. */
const CONCURRENCY = 4

/** A slice being written. */
interface OpenSlice {
  readonly triple: FileTriple
  readonly digest: RowsDigest
  /** The digests of its blocks, once the rows have ended. */
  blocks: readonly string[]
}

/**
 * `rowsBefore`: rows in earlier segments of the part. `maxOpenBytes`: how many bytes of rows may wait for their blocks
 * to fill up.
 */
export function slicedFiles(
  archive: FileWriter,
  target: PartTarget,
  layout: RowLayout,
  rowsBefore: number,
  maxOpenBytes = MAX_OPEN_BYTES,
): PartFiles {
  // The open blocks of 32 slices must not look like scarcity to the other parts of the host.
  const texts = { ...textPool(), isScarce: () => false }
  const cutter = dayCutter(monthOfSlices(target.series.billingPeriod))
  const tally = segmentTally(layout)
  const slices = new Map<string, OpenSlice>()
  const busy = new Set<FileTriple>()

  function sliceOf(key: string): OpenSlice {
    const known = slices.get(key)
    if (known !== undefined) return known
    const triple = fileTriple({ ...archive, texts }, { ...target, slice: key }, layout, true)
    const slice = { triple, digest: rowsDigest(), blocks: [] }
    slices.set(key, slice)
    return slice
  }

  /** Writes the oldest blocks being deflated, so that they do not pile up in slices that get no more rows. */
  async function drain(triple: FileTriple): Promise<void> {
    busy.delete(triple)
    if (triple.isBusy()) busy.add(triple)
    for (const oldest of busy) {
      if (busy.size <= BUSY_SLICES) break
      busy.delete(oldest)
      await oldest.flush()
    }
  }

  function abandon(): void {
    for (const { triple } of slices.values()) triple.abandon()
  }

  return {
    async add(batch) {
      tally.add(batch)
      for (const { day, rows } of cutter.cut(batch)) {
        const { triple, digest } = sliceOf(sliceKey(day))
        digest.add(rows)
        await triple.add(rows)
        await drain(triple)
      }
    },
    rows: tally.rows,
    isFull: () => openBytes(slices.values()) > maxOpenBytes,
    async end() {
      // A part without rows still has files.
      if (rowsBefore + tally.rows() === 0) sliceOf(sliceKey(0))
      const end = async (slice: OpenSlice): Promise<void> => {
        slice.blocks = await slice.triple.end()
      }
      await settleAll(slices.values(), end, CONCURRENCY)
      return tally.content()
    },
    async commit() {
      const files = await settleAll(slices.values(), commit, CONCURRENCY)
      return files.flat()
    },
    finish(earlier, base) {
      const latest = [...slices].map(([key, slice]) => [key, newSlice(slice)] as const)
      return finishSlices(archive.snapshots, new Map(latest), earlier, base, target.rowsVersion)
    },
    abandon,
  }
}

async function commit({ triple, digest }: OpenSlice): Promise<FileRecord[]> {
  const files = await triple.commit()
  return files.map((file) =>
    file.format === 'json' ? { ...file, rowsDigest: digest.hex() } : file,
  )
}

function newSlice(slice: OpenSlice): NewSlice {
  const { triple, digest, blocks } = slice
  return {
    rows: triple.rows(),
    rowsDigest: digest.hex(),
    blocks,
    commit: () => commit(slice),
    abandon: triple.abandon,
  }
}

function openBytes(slices: Iterable<OpenSlice>): number {
  let bytes = 0
  for (const { triple } of slices) bytes += triple.openBytes()
  return bytes
}
