/** Compares a segment's index with its JSON and CSV files. */
import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { describeError, hasCode } from '../../errors.ts'
import { type PartIndex, parseIndex } from '../../format/part-index.ts'
import type { FileRecord, Segment } from '../../format/part-record.ts'
import { arrayEnd } from '../../rows/blocks/blocks.ts'
import { GZIP_HEADER } from '../../rows/blocks/gzip-blocks.ts'
import { BLOCK_ROWS } from '../../rows/limits.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readBlock } from '../read/read-rows.ts'
import { type Fault, fault } from './fault.ts'
import type { FileChecker } from './file-checker.ts'
import { olderDates } from './older-dates.ts'

export type FoundBlock = Omit<PartIndex['blocks'][number], 'offset'>

/** CRC and size of the text, after the deflated bytes of a gzip member. */
const TRAILER_BYTES = 8

/** Only a few dozen bytes follow the last block. */
const MAX_TAIL_BYTES = 1_024

const SAFE = 'its JSON and CSV are not affected'

/** The index of a segment; a fault if it is unreadable. */
export async function readIndex(
  { snapshots }: FileChecker,
  { index }: Segment,
): Promise<PartIndex | Fault> {
  const { bytes } = await snapshots.read(index.path)
  try {
    return parseIndex(bytes ?? Buffer.alloc(0), index.path)
  } catch (error) {
    return fault('FILE_INCONSISTENT', index.path, describeError(error).message, SAFE)
  }
}

/** Older programs cut blocks after a thousand rows, whatever their size, and their files stay as they are. */
export function isOlderCut({ blocks }: PartIndex, found: readonly FoundBlock[]): boolean {
  return (
    blocks.length < found.length && blocks.slice(0, -1).every(({ rows }) => rows === BLOCK_ROWS)
  )
}

/**
 * `pieces`: those of the CSV file; null if it is damaged, which is already reported, or from a newer program.
 */
export async function checkIndex(
  checker: FileChecker,
  { index, json }: Segment,
  read: PartIndex,
  blocks: readonly FoundBlock[],
  pieces: PartIndex['csvPieces'] | null,
): Promise<Fault[]> {
  const { snapshots, layout, isDeep, isKnown } = checker
  const wrong = (why: string): Fault => fault('FILE_INCONSISTENT', index.path, why, SAFE)
  const faults: Fault[] = []
  if (
    !isSameList(read.blocks, blocks, isSameBlock) ||
    !(await areDatesRight(checker, json, read, blocks))
  ) {
    faults.push(wrong("its blocks are not the JSON file's"))
  } else {
    const why =
      offsetsFault(read, json) ?? (isDeep ? await blocksFault(snapshots, json, read) : null)
    if (why !== null) faults.push(wrong(why))
  }
  if (isKnown && read.csvHeaderBytes !== layout.header.length) {
    faults.push(
      wrong(`its csvHeaderBytes are wrong: the header row has ${layout.header.length} bytes`),
    )
  }
  if (pieces !== null && !isSameList(read.csvPieces, pieces, isSamePiece)) {
    faults.push(wrong("its csvPieces are not the CSV file's"))
  }
  return faults
}

function isSameList<A, B>(
  a: readonly A[],
  b: readonly B[],
  isSame: (a: A, b: B) => boolean,
): boolean {
  return a.length === b.length && a.every((one, i) => isSame(one, b[i] as B))
}

function isSameBlock(a: FoundBlock, b: FoundBlock): boolean {
  return a.rows === b.rows && a.sha256 === b.sha256
}

/** True if the dates are those of the rows, as this program or an older one reads them. */
async function areDatesRight(
  { snapshots, layout }: FileChecker,
  json: FileRecord,
  read: PartIndex,
  blocks: readonly FoundBlock[],
): Promise<boolean> {
  for (const [i, block] of read.blocks.entries()) {
    if (hasDatesOf(block, blocks[i])) continue
    try {
      const text = await readBlock(snapshots, json, read, i)
      if (!hasDatesOf(block, olderDates(text, layout))) return false
    } catch (error) {
      if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
      return false // it does not begin where the index says
    }
  }
  return true
}

type Dates = Pick<FoundBlock, 'firstDate' | 'lastDate'>

function hasDatesOf(a: Dates, b: Dates | undefined): boolean {
  return a.firstDate === b?.firstDate && a.lastDate === b.lastDate
}

function isSamePiece(
  a: PartIndex['csvPieces'][number],
  b: PartIndex['csvPieces'][number],
): boolean {
  return a.offset === b.offset && a.bytes === b.bytes && a.sha256 === b.sha256
}

/** Checks that blocks are contiguous, from the gzip header to the end of the file. */
function offsetsFault({ blocks, blocksEnd }: PartIndex, json: FileRecord): string | null {
  const offsets = [...blocks.map(({ offset }) => offset), blocksEnd]
  if (offsets[0] !== GZIP_HEADER.length) return `its first block does not begin at ${offsets[0]}`
  const isOrdered = offsets.every((offset, i) => i === 0 || offset > (offsets[i - 1] as number))
  if (!isOrdered || blocksEnd >= json.bytes) return 'its blocks are not contiguous'
  return null
}

/** Checks that each block can be inflated on its own, from the offset in the index. */
async function blocksFault(
  snapshots: BlobReader,
  json: FileRecord,
  read: PartIndex,
): Promise<string | null> {
  for (const [i, block] of read.blocks.entries()) {
    try {
      const text = await readBlock(snapshots, json, read, i)
      const rows = text.toString('latin1').split('\n,').join('\n')
      const digest = createHash('sha256').update(`${rows}\n`, 'latin1').digest('hex')
      if (digest === block.sha256) continue
    } catch (error) {
      if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    }
    return `block ${i} does not begin at ${block.offset}, or does not end where the next one begins`
  }
  const rest = json.bytes - read.blocksEnd
  const tail = await snapshots.readRange(json.path, read.blocksEnd, Math.min(rest, MAX_TAIL_BYTES))
  const isEnd = rest <= MAX_TAIL_BYTES && endsArray(tail, read.blocks.length === 0)
  return isEnd ? null : `its blocks do not end at ${read.blocksEnd}`
}

/** Checks that only the end of the array follows the blocks. */
function endsArray(tail: Buffer, isEmpty: boolean): boolean {
  try {
    return inflateRawSync(tail.subarray(0, -TRAILER_BYTES), { maxOutputLength: 64 }).equals(
      arrayEnd(isEmpty),
    )
  } catch {
    return false // bytes of a block, or none
  }
}
