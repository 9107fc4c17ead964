/** Slices: the rows of one usage day inside a part that was fetched whole, with files of their own. */
import { sumRowsDigests } from '../rows/blocks/rows-digest.ts'
import { type FileRecord, type Segment, segmentsOf } from './part-record.ts'
import { ALL_PERIODS, OTHER_SLICE } from './series.ts'

/** A slice, as its files record it. */
export interface Slice {
  readonly key: string
  readonly rows: number
  /** The sum of its rows' SHA-256, modulo 2^256. */
  readonly rowsDigest: string
  readonly segments: readonly Segment[]
}

/** The month whose days have slices, as yyyymm: the billing period; -1 if that is not a month. */
export function monthOfSlices(billingPeriod: string): number {
  return billingPeriod === ALL_PERIODS ? -1 : Number(billingPeriod)
}

/** The slice of a day of that month, as yyyymmdd; 0: of the rows without one. */
export function sliceKey(day: number): string {
  if (day === 0) return OTHER_SLICE
  const text = String(day).padStart(8, '0')
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

/**
 * The slices in `files`, in the order of their files, ignoring files without a slice; throws
 * `FORMAT_INVALID`.
 */
export function slicesOf(files: readonly FileRecord[]): Slice[] {
  const segments = new Map<string, Segment[]>()
  for (const segment of segmentsOf(files)) {
    const { slice } = segment.json
    if (slice !== undefined) segments.set(slice, [...(segments.get(slice) ?? []), segment])
  }
  return [...segments].map(([key, own]) => ({
    key,
    rows: own.reduce((sum, { json }) => sum + json.rows, 0),
    rowsDigest: rowsDigestOf(own.map(({ json }) => json)),
    segments: own,
  }))
}

/** The digest of all rows of these JSON files. */
export function rowsDigestOf(files: readonly FileRecord[]): string {
  return sumRowsDigests(files.flatMap((file) => file.rowsDigest ?? []))
}
