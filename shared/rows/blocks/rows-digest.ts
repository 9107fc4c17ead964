/**
 * A digest of rows that does not depend on their order: the sum of the rows' SHA-256, modulo 2^256. It guards
 * against accident; only digests over the bytes in order are proof against someone who chooses the rows.
 */
import { hash } from 'node:crypto'
import type { RowBatch } from '../batch/row-batch.ts'

/** SHA-256 as words of 32 bits. */
const WORDS = 8
const WORD_BITS = 32
const WORD = 2 ** WORD_BITS

/** How many words can be added before their sums, as doubles, would no longer be exact. */
const MOST_ADDED = 2 ** 20

/** Sums the digests of rows as they pass. */
export interface RowsDigest {
  add(batch: Pick<RowBatch, 'rows' | 'lines' | 'lineEnds'>): void
  /** The sum so far, as 64 hex digits. */
  hex(): string
}

export function rowsDigest(): RowsDigest {
  /** The most significant word first. */
  const sums = new Float64Array(WORDS)
  let added = 0

  function carry(): void {
    let over = 0
    for (let i = WORDS - 1; i >= 0; i--) {
      const sum = (sums[i] as number) + over
      over = Math.floor(sum / WORD)
      sums[i] = sum - over * WORD
    }
    added = 0
  }

  return {
    add({ rows, lines, lineEnds }) {
      let start = 0
      for (let row = 0; row < rows; row++) {
        const end = lineEnds[row] as number
        const digest = hash('sha256', lines.subarray(start, end - 1), 'buffer') // without its newline
        for (let i = 0; i < WORDS; i++) sums[i] = (sums[i] as number) + digest.readUInt32BE(i * 4)
        start = end
        if (++added === MOST_ADDED) carry()
      }
    },
    hex() {
      carry()
      return Array.from(sums, (sum) => sum.toString(16).padStart(8, '0')).join('')
    },
  }
}

/** The digest of all rows of `digests` together. */
export function sumRowsDigests(digests: Iterable<string>): string {
  let sum = 0n
  for (const digest of digests) sum += BigInt(`0x${digest}`)
  return BigInt.asUintN(WORDS * WORD_BITS, sum)
    .toString(16)
    .padStart(64, '0')
}
