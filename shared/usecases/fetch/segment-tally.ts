/** Counts and sums the rows of a segment while they pass. */

import { addOdd, type OddTally, type OddValues } from '../../rows/batch/odd-values.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { addSum, decimalSum, formatSum } from '../../rows/decimal/decimal.ts'
import { MAX_NAME_LENGTH, MAX_UNKNOWN_FIELDS } from '../../rows/limits.ts'
import type { RowLayout } from '../../rows/row-layout.ts'

/** The content of a segment's rows. */
export interface SegmentContent {
  readonly rowCount: number
  readonly totals: Record<string, string>
  readonly unknownFields: string[]
  /** Differences between the rows and the documented schema, in words. */
  readonly drift: string[]
  /** Values that can't be summed, or dates that name no day; rows are counted from the segment's first. */
  readonly odd: OddValues[]
}

export interface SegmentTally {
  /** Takes what it needs from the batch at once. */
  add(batch: RowBatch): void
  /** Rows added so far. */
  rows(): number
  content(): SegmentContent
}

export function segmentTally(layout: RowLayout): SegmentTally {
  const sums = layout.decimalColumns.map(decimalSum)
  const unknownFields = new Set<string>()
  const drift = new Set<string>()
  const odd: OddTally = new Map()
  let rowCount = 0
  return {
    add(batch) {
      addOdd(odd, batch.odd, rowCount)
      rowCount += batch.rows
      batch.sums.forEach((sum, i) => {
        addSum(sums[i] as (typeof sums)[number], sum)
      })
      for (const name of batch.unknownFields) {
        if (unknownFields.size === MAX_UNKNOWN_FIELDS) break
        unknownFields.add(name.slice(0, MAX_NAME_LENGTH))
      }
      for (const words of batch.drift) drift.add(words)
    },
    rows: () => rowCount,
    content: () => ({
      rowCount,
      totals: totalsOf(layout, sums.map(formatSum)),
      unknownFields: [...unknownFields],
      drift: [...drift],
      odd: [...odd.values()],
    }),
  }
}

function totalsOf(layout: RowLayout, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    layout.decimalColumns.map((column, i) => [layout.columns[column]?.name ?? '', texts[i] ?? '0']),
  )
}
