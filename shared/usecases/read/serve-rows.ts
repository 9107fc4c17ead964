import type { PartIndex } from '../../format/part-index.ts'
import { type Segment, segmentsOf } from '../../format/part-record.ts'
import { BLOCK_BYTES, BLOCK_ROWS } from '../../rows/limits.ts'
import type { DateRange } from '../../rows/select/row-filter.ts'
import type { RowSelector, TakenRows } from '../../rows/select/row-selector.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readBlock } from './read-rows.ts'
import { readIndex, type Snapshot } from './read-snapshots.ts'

/** Where a page begins: a row of a block of a part of one of the report's snapshots. */
export interface Position {
  readonly snapshot: number
  readonly part: number
  readonly block: number
  /** Row of the block. */
  readonly row: number
}

export const START: Position = { snapshot: 0, part: 0, block: 0, row: 0 }

/** Some rows of a report and where the next page begins; null on the last page. */
export interface ReportPage {
  /** Their text, piece by piece; for JSON including the commas in between. */
  readonly texts: readonly Buffer[]
  readonly rows: number
  readonly next: Position | null
}

/** Limits of a page. */
export interface PageLimits {
  /** Maximum number of rows. */
  readonly rows: number
  /** Once a page has this many bytes of rows, it takes no further block. */
  readonly bytes: number
  /** Maximum number of blocks to search, because matching rows may be rare. */
  readonly blocks: number
}

/**
 * A page of the old API: a thousand rows, because some clients treat a shorter page as the last one. In a
 * settled month that is one block: one ranged read, one inflate. Pages have fewer rows only if rows are many
 * kilobytes long.
 */
export const OLD_PAGE: PageLimits = { rows: BLOCK_ROWS, bytes: BLOCK_BYTES, blocks: Infinity }

/** No limits, for results whose size the caller has checked. */
export const NO_LIMITS: PageLimits = { rows: Infinity, bytes: Infinity, blocks: Infinity }

/** A block that may hold rows of the report. */
export interface Candidate {
  readonly position: Position
  readonly segment: Segment
  readonly index: PartIndex
  /** The block's number within its segment. */
  readonly block: number
}

/** The page that begins at `from` or, if no row there matches, at the next matching row. */
export async function servePage(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  from: Position,
  selector: RowSelector,
  limits: PageLimits,
): Promise<ReportPage> {
  const texts: Buffer[] = []
  let [rows, bytes, blocks] = [0, 0, 0]
  const page = (next: Position | null): ReportPage => ({ texts, rows, next })
  for await (const candidate of candidatesFrom(reader, snapshots, from, selector.dates)) {
    const { position } = candidate
    if (rows >= limits.rows || bytes >= limits.bytes || blocks >= limits.blocks) {
      return page(position)
    }
    const taken = await takeRows(reader, candidate, selector, limits.rows - rows)
    blocks++
    if (taken.rows > 0) {
      if (rows > 0 && selector.format === 'json') texts.push(COMMA)
      texts.push(taken.text)
      rows += taken.rows
      bytes += taken.text.length
    }
    if (taken.next !== null) return page({ ...position, row: taken.next })
  }
  return page(null)
}

const COMMA = Buffer.from(',')

/** The selected rows of a block, from the row where its position is. */
export async function takeRows(
  reader: Pick<BlobReader, 'readRange'>,
  { position, segment, index, block: number }: Candidate,
  selector: RowSelector,
  limit = Number.POSITIVE_INFINITY,
): Promise<TakenRows> {
  const text = await readBlock(reader, segment.json, index, number)
  const { rows } = index.blocks[number] as PartIndex['blocks'][number]
  if (selector.isWhole && position.row === 0 && rows <= limit) return { text, rows, next: null }
  return selector.take(text, position.row, limit)
}

/** The blocks from `from` on that may hold rows of these dates, determined from the index alone. */
export async function* candidatesFrom(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  from: Position,
  dates: DateRange | null,
): AsyncGenerator<Candidate> {
  for (let snapshot = from.snapshot; snapshot < snapshots.length; snapshot++) {
    const parts = snapshots[snapshot]?.manifest.parts ?? []
    const firstPart = snapshot === from.snapshot ? from.part : 0
    for (let part = firstPart; part < parts.length; part++) {
      const isStart = snapshot === from.snapshot && part === from.part
      const firstBlock = isStart ? from.block : 0
      let blocksBefore = 0
      for (const segment of segmentsOf(parts[part]?.files ?? [])) {
        // The number of blocks in a segment depends on the size of its rows too; its index has it.
        const index = await readIndex(reader, segment.index.path)
        const blocks = index.blocks.length
        if (firstBlock < blocksBefore + blocks) {
          for (let block = Math.max(0, firstBlock - blocksBefore); block < blocks; block++) {
            const number = blocksBefore + block
            const row = isStart && number === firstBlock ? from.row : 0
            const position = { snapshot, part, block: number, row }
            if (mayHold(index, block, dates)) yield { position, segment, index, block }
          }
        }
        blocksBefore += blocks
      }
    }
  }
}

function mayHold(index: PartIndex, block: number, dates: DateRange | null): boolean {
  if (dates === null) return true
  const { firstDate, lastDate } = index.blocks[block] as PartIndex['blocks'][number]
  // Null: no row has a date, or one has a date that names no day, or an older program found none in it.
  if (firstDate === null || lastDate === null) return true
  return firstDate <= dates.last && lastDate >= dates.first
}
