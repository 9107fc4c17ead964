import { BLOCK_ROWS } from './limits.ts'
import type { RowBatch } from './row-batch.ts'

/** Up to 1,000 consecutive rows of a part: the unit of a page and of a digest. */
export interface Block {
  readonly rows: number
  /** The row lines, each ended by `\n`: what the block's digest is over. */
  readonly lines: Uint8Array
  readonly lineEnds: readonly number[]
  /** Smallest and largest usage date as yyyymmdd; 0 if no row has one. */
  readonly firstDate: number
  readonly lastDate: number
}

/** Cuts batches, however they fall, into blocks of 1,000 rows counted from the part's first row. */
export interface Blocker {
  add(batch: RowBatch): Block[]
  /** The last, shorter block, if there is one. */
  end(): Block[]
}

export function blocker(): Blocker {
  let open: Block[] = []
  let openRows = 0

  return {
    add(batch) {
      const full: Block[] = []
      for (let row = 0; row < batch.rows; ) {
        const take = Math.min(batch.rows - row, BLOCK_ROWS - openRows)
        open.push(slice(batch, row, row + take))
        openRows += take
        row += take
        if (openRows === BLOCK_ROWS) {
          full.push(join(open))
          open = []
          openRows = 0
        }
      }
      return full
    },
    end() {
      return open.length === 0 ? [] : [join(open)]
    },
  }
}

function slice(batch: RowBatch, from: number, to: number): Block {
  const start = from === 0 ? 0 : (batch.lineEnds[from - 1] as number)
  const end = batch.lineEnds[to - 1] as number
  let firstDate = 0
  let lastDate = 0
  for (let row = from; row < to; row++) {
    const date = batch.dates[row] as number
    if (date === 0) continue
    if (firstDate === 0 || date < firstDate) firstDate = date
    if (date > lastDate) lastDate = date
  }
  return {
    rows: to - from,
    lines: batch.lines.subarray(start, end),
    lineEnds: batch.lineEnds.slice(from, to).map((lineEnd) => lineEnd - start),
    firstDate,
    lastDate,
  }
}

function join(pieces: readonly Block[]): Block {
  if (pieces.length === 1) return pieces[0] as Block
  let shift = 0
  const lineEnds: number[] = []
  for (const piece of pieces) {
    for (const lineEnd of piece.lineEnds) lineEnds.push(lineEnd + shift)
    shift += piece.lines.length
  }
  return {
    rows: lineEnds.length,
    lines: Buffer.concat(pieces.map((piece) => piece.lines)),
    lineEnds,
    firstDate: pieces.map((piece) => piece.firstDate).reduce(minDate),
    lastDate: Math.max(...pieces.map((piece) => piece.lastDate)),
  }
}

function minDate(a: number, b: number): number {
  if (a === 0 || b === 0) return a + b
  return Math.min(a, b)
}
