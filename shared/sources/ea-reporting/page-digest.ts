import { createHash } from 'node:crypto'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import type { Page } from './page.ts'

/** SHA-256 over the row lines of a page, batch by batch. */
export interface PageDigest {
  /** The digest of the added rows plus the batch's rows up to and including `end`. */
  upTo(batch: RowBatch, end: number): string
  /** Adds all rows of the batch. */
  add(batch: RowBatch): void
  /** The digest of the added rows. */
  value(): string
}

export function pageDigest(): PageDigest {
  const hash = createHash('sha256')
  return {
    upTo({ lines, lineEnds }, end) {
      const rows = lines.subarray(0, end === 0 ? 0 : lineEnds[end - 1])
      return hash.copy().update(rows).digest('hex')
    },
    add: ({ lines }) => void hash.update(lines),
    value: () => hash.copy().digest('hex'),
  }
}

/** The digest of a page whose rows are not needed. Releases the page. */
export async function digestOfPage(page: Page): Promise<string> {
  const digest = pageDigest()
  for await (const batch of page.batches()) digest.add(batch)
  return digest.value()
}
