/** Checks the rows of a slice while they are read. */
import type { FileRecord } from '../../format/part-record.ts'
import { sliceKey } from '../../format/slices.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { dayOfMonth } from '../../rows/blocks/cut-by-day.ts'
import { rowsDigest } from '../../rows/blocks/rows-digest.ts'

/** The rows of a slice's JSON file. */
export interface SliceRows {
  readonly rowsDigest: string
  /** How many of them belong to another slice. */
  readonly strays: number
}

export interface SliceReader {
  add(batch: RowBatch): void
  found(): SliceRows
}

/** Null for a file of a part without slices. `month`: the billing period, as yyyymm. */
export function sliceReader({ slice }: FileRecord, month: number): SliceReader | null {
  if (slice === undefined) return null
  const digest = rowsDigest()
  let strays = 0
  return {
    add(batch) {
      digest.add(batch)
      for (const date of batch.dates) if (sliceKey(dayOfMonth(date, month)) !== slice) strays++
    },
    found: () => ({ rowsDigest: digest.hex(), strays }),
  }
}

/** Errors of a JSON file's record about its slice, in words; `found`: null if the file has no slice. */
export function sliceRowFaults(json: FileRecord, found: SliceRows | null): string[] {
  if (found === null) return []
  const { path, slice, rowsDigest: told } = json
  return [
    ...(found.strays === 0 ? [] : [`${found.strays} rows of ${path} are not of slice ${slice}`]),
    ...(found.rowsDigest === told
      ? []
      : [`the rowsDigest of ${path} is ${found.rowsDigest}, not ${told ?? 'missing'}`]),
  ]
}
