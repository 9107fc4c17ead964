/** Contradictions in how a manifest lists the slices of a part, judged without the files. */
import { byUtf8 } from '../../format/canonical-json.ts'
import {
  type FileRecord,
  type PartRecord,
  type Segment,
  segmentsOf,
} from '../../format/part-record.ts'
import { monthOfSlices, rowsDigestOf, sliceKey, slicesOf } from '../../format/slices.ts'
import { dayOfMonth } from '../../rows/blocks/cut-by-day.ts'
import type { Offer } from '../../sources/source.ts'

/** Every contradiction in the slices of `part`, in words; `offer`: null if this program does not know the source. */
export function sliceFaults(
  part: PartRecord,
  billingPeriod: string,
  offer: Pick<Offer, 'isSliced'> | null,
): string[] {
  const { key, files } = part
  const isSliced = files.some(({ slice }) => slice !== undefined)
  const wrong = isSliced ? ofSliced(part, billingPeriod) : ofUncut(part)
  if (isSliced && offer !== null && offer.isSliced !== true) {
    wrong.push('has slices, but its source offers parts without slices')
  }
  return wrong.map((why) => `part ${key} ${why}`)
}

function ofUncut({ files, rowsDigest }: PartRecord): string[] {
  const hasOne = rowsDigest !== undefined || files.some((file) => file.rowsDigest !== undefined)
  return hasOne ? ['has a rowsDigest but no slices'] : []
}

function ofSliced(part: PartRecord, billingPeriod: string): string[] {
  const { files, rowCount, rowsDigest } = part
  const segments = segmentsOf(files)
  const keys = segments.map(({ json }) => json.slice ?? '')
  const wrong = segments.flatMap(ofSegment)
  if (keys.some((key, i) => i > 0 && byUtf8(keys[i - 1] as string, key) > 0)) {
    wrong.push('has slices that are not sorted by their keys')
  }
  for (const key of new Set(keys)) {
    if (!isKeyOf(key, billingPeriod))
      wrong.push(`has a slice ${key}, which is not a day of its period`)
  }
  const isEmpty = rowCount === 0 && keys.length === 1 && keys[0] === sliceKey(0)
  const empty = slicesOf(files).filter(({ rows }) => rows === 0)
  if (empty.length > 0 && !isEmpty) wrong.push(`has a slice without rows: ${empty[0]?.key}`)
  if (rowsDigest !== rowsDigestOf(segments.map(({ json }) => json))) {
    wrong.push('has a rowsDigest that is not that of its slices')
  }
  return wrong
}

function ofSegment({ json, csv, index }: Segment): string[] {
  const beside = [csv, index]
  const isOfOne = beside.every(({ slice }) => slice === json.slice) && json.slice !== undefined
  const isDigested = json.rowsDigest !== undefined && !beside.some(hasDigest)
  return [
    ...(isOfOne ? [] : [`has files of other slices or without a slice for ${json.path}`]),
    ...(isDigested ? [] : [`does not have its rowsDigest at its JSON file ${json.path}`]),
  ]
}

function hasDigest({ rowsDigest }: FileRecord): boolean {
  return rowsDigest !== undefined
}

function isKeyOf(key: string, billingPeriod: string): boolean {
  const date = Number(key.replaceAll('-', ''))
  return sliceKey(dayOfMonth(date || 0, monthOfSlices(billingPeriod))) === key
}
