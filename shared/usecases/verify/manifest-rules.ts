/** Contradictions within a manifest, judged only by itself and the catalogue. */
import { knownColumnsAt } from '../../datasets/columns-at.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { byUtf8 } from '../../format/canonical-json.ts'
import { daysBetween } from '../../format/days.ts'
import { attemptFileOf, type FileExtension, partFile, seriesFolder } from '../../format/layout.ts'
import { type Manifest, seriesOfManifest, snapshotDigest } from '../../format/manifest.ts'
import { type FileRecord, type PartRecord, segmentsOf } from '../../format/part-record.ts'
import { ALL_PART, idSchema, type Series } from '../../format/series.ts'
import { sumTexts } from '../../rows/decimal/decimal.ts'
import type { Offer } from '../../sources/source.ts'
import { sliceFaults } from './slice-rules.ts'

const EXTENSIONS: Readonly<Record<FileRecord['format'], FileExtension>> = {
  json: 'json.gz',
  csv: 'csv',
  index: 'index.json',
}

/** How a source offers the parts of a dataset, as far as known. */
export type KnownOffer = Pick<Offer, 'byDay' | 'isSliced'>

/** Members of an answer that are never stored in the envelope. */
const NO_ENVELOPE = ['data', 'nextLink']

/** Every contradiction in `manifest` as snapshot `number` of `series`, in words. */
export function contradictions(
  manifest: Manifest,
  series: Series,
  dataset: Dataset,
  offer: KnownOffer | null,
  number: number,
): string[] {
  return [
    ...identity(manifest, series, number),
    ...columns(manifest, dataset),
    ...sums(manifest, dataset),
    ...parts(manifest, dataset, offer),
    ...files(manifest, series),
    ...manifest.parts.flatMap((part) => sliceFaults(part, series.billingPeriod, offer)),
  ]
}

function identity(manifest: Manifest, series: Series, number: number): string[] {
  const wrong: string[] = []
  if (seriesFolder(seriesOfManifest(manifest)) !== seriesFolder(series)) {
    wrong.push('it belongs to another series')
  }
  if (manifest.number !== number) wrong.push(`it says that its number is ${manifest.number}`)
  if (!idSchema.safeParse(manifest.planId).success) wrong.push('its planId is not an id')
  return wrong
}

/** Columns are those of its catalogue version; for a version later than ours, those and more. */
function columns({ columns: names, rowsVersion, parts }: Manifest, dataset: Dataset): string[] {
  const wrong: string[] = []
  const known = knownColumnsAt(dataset, rowsVersion).names
  const isLater = rowsVersion > dataset.rowsVersion
  const isRight = isLater
    ? names.length > known.length && known.every((name, i) => name === names[i])
    : names.length === known.length && known.every((name, i) => name === names[i])
  if (!isRight) wrong.push(`its columns are not the catalogue's of version ${rowsVersion}`)
  for (const file of parts.flatMap((part) => part.files)) {
    if (file.rowsVersion === rowsVersion) continue
    wrong.push(`${file.path} has columns of version ${file.rowsVersion}, not ${rowsVersion}`)
  }
  return wrong
}

/** Totals cover exactly the decimal columns and add up; so do row counts and digests. */
function sums(manifest: Manifest, dataset: Dataset): string[] {
  const wrong: string[] = []
  const { parts, totals, rowsVersion } = manifest
  const expected = knownColumnsAt(dataset, rowsVersion)
    .definitions.flatMap(({ name, decimal }) => (decimal === true ? [name] : []))
    .sort(byUtf8)
  // A later catalogue may sum columns that we don't know.
  const isLater = rowsVersion > dataset.rowsVersion
  for (const { what, of } of [
    { what: 'its totals', of: totals },
    ...parts.map((part) => ({ what: `the totals of part ${part.key}`, of: part.totals })),
  ]) {
    const missing = expected.filter((name) => of[name] === undefined)
    const foreign = isLater ? [] : Object.keys(of).filter((name) => !expected.includes(name))
    if (missing.length > 0) wrong.push(`${what} do not include ${missing.join(', ')}`)
    if (foreign.length > 0) wrong.push(`${what} include ${foreign.join(', ')}, which is not summed`)
  }
  const isSummed = Object.entries(totals).every(
    ([column, total]) => total === sumTexts(parts.map((part) => part.totals[column] ?? '0')),
  )
  if (!isSummed) wrong.push('its totals are not the sums of its parts')
  if (manifest.rowCount !== parts.reduce((sum, part) => sum + part.rowCount, 0)) {
    wrong.push('its rowCount is not the sum of its parts')
  }
  if (manifest.contentSha256 !== snapshotDigest(parts)) {
    wrong.push('its contentSha256 is not that of its parts')
  }
  return wrong
}

/** A snapshot consists of the whole period as one part, or of the days of an open period without a gap. */
function parts({ parts, settled }: Manifest, dataset: Dataset, offer: KnownOffer | null): string[] {
  const wrong: string[] = []
  const keys = parts.map((part) => part.key)
  if (keys.some((key, i) => i > 0 && byUtf8(keys[i - 1] as string, key) >= 0)) {
    wrong.push('its parts are not in the order of their keys')
  }
  const isWhole = keys.length === 1 && keys[0] === ALL_PART
  // Of a source that only another program knows, either may be right.
  const isByDay = !settled && (offer === null ? !isWhole : offer.byDay)
  if (!isByDay && !isWhole) {
    const why = settled ? 'settled' : `of ${dataset.name}`
    wrong.push(
      `it is ${why}, so its only part should be "all", but its parts are ${keys.join(', ')}`,
    )
  }
  if (isByDay && !isRunOfDays(keys)) {
    wrong.push(
      `it is not settled, so its parts should be consecutive days, but they are ${keys.join(', ')}`,
    )
  }
  if (settled && !dataset.perPeriod) wrong.push('it is settled, but its dataset is never settled')
  for (const { key, envelope } of parts) wrong.push(...envelopeFaults(key, envelope))
  return wrong
}

function isRunOfDays(keys: readonly string[]): boolean {
  const [first, last] = [keys[0], keys.at(-1)]
  if (first === undefined || last === undefined || keys.includes(ALL_PART)) return false
  const days = daysBetween(first, last)
  return days.length === keys.length && days.every((day, i) => day === keys[i])
}

function envelopeFaults(part: string, envelope: Readonly<Record<string, string>>): string[] {
  return Object.entries(envelope).flatMap(([name, text]) => {
    if (NO_ENVELOPE.includes(name)) return [`part ${part} has ${name} beside its rows`]
    return isJson(text) ? [] : [`${name} of part ${part} is not JSON text`]
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Each segment has its three files in the folder of its part; none occurs twice. */
function files({ parts }: Manifest, series: Series): string[] {
  const wrong: string[] = []
  const seen = new Set<string>()
  for (const part of parts) {
    for (const { path } of part.files) {
      if (seen.has(path)) wrong.push(`it names ${path} twice`)
      seen.add(path)
    }
    wrong.push(...segmentFaults(part, series))
  }
  return wrong
}

function segmentFaults(part: PartRecord, series: Series): string[] {
  const segments = segmentsOf(part.files)
  if (segments.length === 0 || part.files.length !== segments.length * 3) {
    return [`part ${part.key} does not have one file of each format per segment`]
  }
  // CSV and index may be of a later attempt than the JSON that they were rebuilt from.
  return segments.flatMap(({ json, csv, index }) => [
    ...nameFaults(json, json, part, series),
    ...nameFaults(csv, csv, part, series),
    ...nameFaults(index, csv, part, series),
  ])
}

function nameFaults(
  { path, format, slice }: FileRecord,
  beside: FileRecord,
  { key }: PartRecord,
  series: Series,
): string[] {
  const attempt = attemptFileOf(beside.path)?.attempt ?? ''
  const isOurs = idSchema.safeParse(attempt).success
  const place = slice ?? null
  if (isOurs && path === partFile(series, key, place, attempt, EXTENSIONS[format])) return []
  return [`${path} is not a ${format} file of part ${key} that belongs to ${beside.path}`]
}
