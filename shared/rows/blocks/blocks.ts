import { createHash } from 'node:crypto'
import type { RowBatch } from '../batch/row-batch.ts'
import { type ByteBuffer, reserve } from '../bytes/byte-buffer.ts'
import type { TextPool } from '../bytes/text-pool.ts'
import { BLOCK_BYTES, BLOCK_ROWS } from '../limits.ts'
import { CLOSE_BRACKET, COMMA, NEWLINE, OPEN_BRACKET } from '../scan/json-bytes.ts'
import { NOT_A_DAY } from '../scan/usage-day.ts'

/**
 * Up to 1,000 consecutive rows of a file: the unit of a page, of a full flush and of a digest. It ends at
 * every thousandth row of the part, or earlier once its lines have {@link BLOCK_BYTES}.
 */
export interface Block {
  readonly rows: number
  /** SHA-256 over the row lines, each terminated by `\n`. */
  readonly sha256: string
  /**
   * The rows as in the file's array: each line is preceded by its separator, `[` for the file's first row and
   * `,` for all others.
   */
  readonly text: ByteBuffer
  /**
   * Smallest and largest usage date as yyyymmdd. 0 if no row has one, or if one has a date that names no day:
   * then the block may hold any day.
   */
  readonly firstDate: number
  readonly lastDate: number
}

/** Cuts batches of any size into the same blocks: their boundaries depend only on the rows. */
export interface BlockSplitter {
  /** Copies what it needs from the batch. */
  add(batch: BlockRows): Block[]
  /** The last block, if it is not full. */
  end(): Block[]
  /** True if rows are waiting for their block to fill up. */
  isOpen(): boolean
  /** Bytes of the rows that are waiting. */
  openBytes(): number
}

/** What a block is made of. */
type BlockRows = Pick<RowBatch, 'rows' | 'lines' | 'lineEnds' | 'dates'>

/** The end of a JSON file; without rows, the whole file. */
export function arrayEnd(isEmpty: boolean): Buffer {
  return Buffer.from(isEmpty ? [OPEN_BRACKET, CLOSE_BRACKET, NEWLINE] : [CLOSE_BRACKET, NEWLINE])
}

/**
 * The texts come from `pool`, and the receiver of a block returns its text. `maxBytes`: a size limit other
 * than the format's.
 */
export function blockSplitter(pool: TextPool, maxBytes = BLOCK_BYTES): BlockSplitter {
  let separator = OPEN_BRACKET
  let text: ByteBuffer | null = null
  let hash = createHash('sha256')
  let rows = 0
  let lineBytes = 0
  /** Rows in the current thousand. */
  let ofThousand = 0
  let firstDate = 0
  let lastDate = 0
  let isDated = true

  /** The end of the rows of the batch, from `row` on, that belong to the block. */
  function endFor(batch: BlockRows, row: number): number {
    const start = startOf(batch, row)
    const isFullAt = (end: number): boolean => lineBytes + startOf(batch, end) - start >= maxBytes
    let most = row + Math.min(batch.rows - row, BLOCK_ROWS - ofThousand)
    if (!isFullAt(most)) return most
    // Binary search for the first row that fills it.
    for (let least = row + 1; least < most; ) {
      const middle = (least + most) >> 1
      if (isFullAt(middle)) most = middle
      else least = middle + 1
    }
    return most
  }

  function addRows(batch: BlockRows, from: number, to: number): void {
    const { lines, lineEnds, dates } = batch
    const first = startOf(batch, from)
    let start = first
    const end = lineEnds[to - 1] as number
    hash.update(lines.subarray(start, end))
    text ??= pool.take()
    reserve(text, end - start + to - from)
    const { bytes } = text
    let at = text.length
    for (let row = from; row < to; row++) {
      const lineEnd = lineEnds[row] as number
      bytes[at++] = separator
      separator = COMMA
      bytes.set(lines.subarray(start, lineEnd), at)
      at += lineEnd - start
      start = lineEnd
      const date = dates[row] as number
      if (date <= NOT_A_DAY) {
        if (date === NOT_A_DAY) isDated = false
        continue
      }
      if (firstDate === 0 || date < firstDate) firstDate = date
      if (date > lastDate) lastDate = date
    }
    text.length = at
    rows += to - from
    ofThousand += to - from
    lineBytes += end - first
  }

  function close(full: ByteBuffer): Block {
    const dates = isDated ? { firstDate, lastDate } : { firstDate: 0, lastDate: 0 }
    const block = { rows, sha256: hash.digest('hex'), text: full, ...dates }
    text = null
    hash = createHash('sha256')
    rows = lineBytes = firstDate = lastDate = 0
    if (ofThousand === BLOCK_ROWS) ofThousand = 0
    isDated = true
    return block
  }

  return {
    add(batch) {
      const full: Block[] = []
      for (let row = 0; row < batch.rows; ) {
        const to = endFor(batch, row)
        addRows(batch, row, to)
        row = to
        const isFull = ofThousand === BLOCK_ROWS || lineBytes >= maxBytes
        if (isFull && text !== null) full.push(close(text))
      }
      return full
    },
    isOpen: () => text !== null,
    openBytes: () => text?.length ?? 0,
    end: () => (text === null ? [] : [close(text)]),
  }
}

/** Where the line of a row begins; after the last row, where its line ends. */
function startOf({ lineEnds }: Pick<RowBatch, 'lineEnds'>, row: number): number {
  return row === 0 ? 0 : (lineEnds[row - 1] as number)
}
