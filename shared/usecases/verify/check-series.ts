/** One series: its chain of manifests, the files that they name, and what else lies in its folder. */
import { createHash } from 'node:crypto'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { describeError } from '../../errors.ts'
import { addSum, type DecimalSum, decimalSum, formatSum, sumTexts } from '../../rows/decimal.ts'
import { contentDigest, sha256 } from '../../rows/digest.ts'
import { addOdd, type OddTally } from '../../rows/odd-values.ts'
import { rowBuffers } from '../../rows/row-buffers.ts'
import { columnsAt, csvColumnNames, rowLayout } from '../../rows/row-layout.ts'
import { textPool } from '../../rows/text-pool.ts'
import { attemptFileOf, manifestName, manifestNumber, seriesOf } from '../../snapshots/layout.ts'
import {
  type Manifest,
  manifestBytes,
  parseManifest,
  seriesOfManifest,
  snapshotDigest,
} from '../../snapshots/manifest.ts'
import { type PartRecord, rowsVersionOf, segmentsOf } from '../../snapshots/part-record.ts'
import { type Series, seriesLabel } from '../../snapshots/series.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import type { Snapshot } from '../read-snapshots.ts'
import { leftOutFaults } from './check-left-out.ts'
import { checkSegment, type SegmentFacts } from './check-segment.ts'
import { type Fault, fault } from './fault.ts'
import type { FileChecker } from './file-checker.ts'

/** What verifying a series came to. */
export interface SeriesCheck {
  readonly series: Series
  readonly faults: readonly Fault[]
  /** Numbers of the snapshots of which everything is as it was written. */
  readonly sound: readonly number[]
  /** Numbers of the others, with the parts that are damaged. */
  readonly damaged: readonly { readonly number: number; readonly parts: readonly string[] }[]
  readonly newest: Snapshot | null
  readonly rows: number
  readonly files: number
  readonly bytes: number
  /** Files of attempts that did not count: harmless. */
  readonly leftovers: number
  /** Files that a snapshot names, by the day of their creation, oldest first: for the retention. */
  readonly oldestFile: Date | null
}

type Files = Pick<FileChecker, 'snapshots' | 'isDeep'>

/** A manifest that could be read, and what is wrong with it all the same. */
interface CheckedManifest extends Snapshot {
  readonly faults: readonly Fault[]
}

export async function checkSeries(
  { snapshots, isDeep }: Files,
  series: Series,
  listing: readonly ListedBlob[],
): Promise<SeriesCheck> {
  const faults: Fault[] = []
  const sound: number[] = []
  const damaged: { number: number; parts: string[] }[] = []
  const facts = new Map<string, SegmentFacts>()
  const named = new Set<string>()
  let newest: CheckedManifest | null = null
  const numbers = listing.flatMap(({ name }) => manifestNumber(name) ?? []).sort((a, b) => a - b)
  const buffers = rowBuffers()
  const texts = textPool()

  for (let number = 1; number <= (numbers.at(-1) ?? 0); number++) {
    const read = await checkManifest(snapshots, series, number, newest, listing)
    faults.push(...read.faults)
    if (read.snapshot === null) {
      damaged.push({ number, parts: [] })
      newest = null
      continue
    }
    const { manifest } = read.snapshot
    const parts: string[] = []
    const { columns, rowsVersion } = datasetNamed(series.dataset)
    for (const part of manifest.parts) {
      const layout = rowLayout(columnsAt(columns, rowsVersionOf(part)))
      // Columns that only a newer program knows can't be compared with the JSON.
      const isKnown = rowsVersionOf(part) <= rowsVersion
      const checker: FileChecker = { snapshots, layout, buffers, texts, isDeep: isDeep && isKnown }
      for (const file of part.files) named.add(file.path)
      const found = await checkPart(checker, series, part, facts)
      if (found.length > 0) parts.push(part.key)
      faults.push(...found.filter((one) => !faults.some((known) => isEqual(known, one))))
    }
    if (parts.length === 0 && read.faults.length === 0) sound.push(number)
    else damaged.push({ number, parts })
    newest = { ...read.snapshot, faults: read.faults }
  }

  const others = listing.filter(({ name }) => !named.has(name) && manifestNumber(name) === null)
  const foreign = await foreignFiles(snapshots, others)
  const dates = listing
    .filter(({ name }) => named.has(name))
    .map((blob) => blob.createdAt.getTime())
  return {
    series,
    faults: [...faults, ...foreign],
    sound,
    damaged,
    newest,
    rows: newest?.manifest.rowCount ?? 0,
    files: named.size + numbers.length,
    bytes: [...facts.values()].reduce((sum, each) => sum + each.bytes, 0),
    leftovers: others.length - foreign.length,
    oldestFile: dates.length === 0 ? null : new Date(dates.reduce((a, b) => Math.min(a, b))),
  }
}

function isEqual(a: Fault, b: Fault): boolean {
  return a.code === b.code && a.blob === b.blob && a.message === b.message
}

/** One manifest: there, readable, canonical, of its place, consistent, chained to the one before. */
async function checkManifest(
  snapshots: BlobReader,
  series: Series,
  number: number,
  before: Snapshot | null,
  listing: readonly ListedBlob[],
): Promise<{ faults: Fault[]; snapshot: Snapshot | null }> {
  const name = manifestName(series, number)
  const faults: Fault[] = []
  const { bytes } = await snapshots.read(name)
  if (bytes === null) {
    const safe = 'the snapshots before and behind it stand for themselves'
    return { faults: [fault('SNAPSHOT_MISSING', name, 'it is not there', safe)], snapshot: null }
  }
  const digest = sha256(bytes)
  const written = listing.find((blob) => blob.name === name)?.metadata['sha256']
  if (written !== digest) {
    const what = `its SHA-256 is ${digest}, and its commit said ${written ?? 'nothing'}`
    faults.push(fault('MANIFEST_ALTERED', name, what))
  }
  let manifest: Manifest
  try {
    manifest = parseManifest(bytes, name)
  } catch (error) {
    faults.push(fault('MANIFEST_UNREADABLE', name, describeError(error).message))
    return { faults, snapshot: null }
  }
  const why = inconsistencyOf(manifest, series, number, bytes)
  if (why !== null) faults.push(fault('MANIFEST_INCONSISTENT', name, why))
  faults.push(...chainFaults(name, manifest, number, before))
  return { faults, snapshot: { manifest, sha256: digest } }
}

function chainFaults(
  name: string,
  { previous, takenAt }: Manifest,
  number: number,
  before: Snapshot | null,
): Fault[] {
  if (number === 1) {
    return previous === null ? [] : [fault('CHAIN_BROKEN', name, 'number 1 names one before')]
  }
  // If the one before can't be read, that is told already.
  if (before === null) return []
  const previousName = manifestName(seriesOfManifest(before.manifest), number - 1)
  if (previous?.number !== number - 1) {
    return [fault('CHAIN_BROKEN', name, `it does not name ${previousName}`)]
  }
  if (previous.sha256 !== before.sha256) {
    const what = `the snapshot behind it says that its SHA-256 was ${previous.sha256}`
    return [fault('MANIFEST_ALTERED', previousName, what)]
  }
  if (takenAt > before.manifest.takenAt) return []
  return [fault('CHAIN_BROKEN', name, 'it was not taken later than the one before')]
}

/** What a manifest says of itself that can't be; null if nothing. */
function inconsistencyOf(...manifest: Parameters<typeof inconsistency>): string | null {
  try {
    return inconsistency(...manifest)
  } catch (error) {
    return describeError(error).message // e.g. a total that is no number
  }
}

function inconsistency(
  manifest: Manifest,
  series: Series,
  number: number,
  bytes: Buffer,
): string | null {
  const { parts, totals } = manifest
  if (!manifestBytes(manifest).equals(bytes)) return 'it is not canonical JSON'
  if (seriesLabel(seriesOfManifest(manifest)) !== seriesLabel(series)) return 'of another series'
  if (manifest.number !== number) return `it says that its number is ${manifest.number}`
  if (manifest.rowCount !== parts.reduce((sum, part) => sum + part.rowCount, 0)) {
    return 'its rowCount is not that of its parts'
  }
  const isSummed = Object.entries(totals).every(
    ([column, total]) => total === sumTexts(parts.map((part) => part.totals[column] ?? '0')),
  )
  if (!isSummed) return 'its totals are not those of its parts'
  if (manifest.contentSha256 !== snapshotDigest(parts))
    return 'its contentSha256 is not of its parts'
  const { columns, rowsVersion } = datasetNamed(manifest.dataset)
  const names = csvColumnNames(columnsAt(columns, manifest.rowsVersion))
  // Columns are only ever appended, so those that we know begin a newer program's.
  const isNewer = manifest.rowsVersion > rowsVersion && manifest.columns.length > names.length
  const found = isNewer ? manifest.columns.slice(0, names.length) : manifest.columns
  return names.join() === found.join() ? null : 'its columns are not those of its version'
}

/** A part's files, each read once however many snapshots share it; and its record against them. */
async function checkPart(
  checker: FileChecker,
  series: Series,
  part: PartRecord,
  known: Map<string, SegmentFacts>,
): Promise<Fault[]> {
  const faults: Fault[] = []
  const { layout } = checker
  const sums: DecimalSum[] = layout.decimalColumns.map(decimalSum)
  const digests: string[] = []
  const odd: OddTally = new Map()
  let rows = 0
  let isReadable = true
  const [first] = part.files
  const name = first?.path ?? manifestName(series, 1)
  let segments: ReturnType<typeof segmentsOf>
  try {
    segments = segmentsOf(part.files)
  } catch (error) {
    return [fault('MANIFEST_INCONSISTENT', name, describeError(error).message)]
  }
  for (const segment of segments) {
    const files = [segment.json, segment.csv, segment.index]
    const key = files.map(({ path, bytes, sha256: digest }) => `${path} ${bytes} ${digest}`).join()
    const facts = known.get(key) ?? (await checkSegment(checker, segment))
    known.set(key, facts)
    faults.push(...facts.faults)
    if (facts.rows === null) {
      isReadable = false
      continue
    }
    if (files.some((file) => file.rows !== facts.rows?.count)) {
      faults.push(fault('FILE_INCONSISTENT', segment.json.path, `it has ${facts.rows.count} rows`))
    }
    addOdd(odd, facts.rows.odd, rows)
    rows += facts.rows.count
    facts.rows.sums.forEach((sum, i) => {
      addSum(sums[i] as DecimalSum, sum)
    })
    for (const digest of facts.rows.blockDigests) digests.push(digest)
  }
  if (!isReadable) return faults
  const totals = layout.decimalColumns.map((column, i) => [
    layout.columns[column]?.name ?? '',
    formatSum(sums[i] as DecimalSum),
  ])
  const wrong = [
    ...(rows === part.rowCount ? [] : [`it has ${rows} rows, not ${part.rowCount}`]),
    ...totals
      .filter(([column = '', total]) => part.totals[column] !== total)
      .map(([column = '', total]) => `${column} adds up to ${total}, not ${part.totals[column]}`),
    ...leftOutFaults(part, [...odd.values()]),
    ...(contentDigest(digests) === part.contentSha256 ? [] : ['its contentSha256 is another']),
  ]
  return [
    ...faults,
    ...wrong.map((why) => fault('FILE_INCONSISTENT', name, `part ${part.key}: ${why}`)),
  ]
}

/** Of the files that no snapshot names, those that no attempt of ours can have left. */
async function foreignFiles(
  snapshots: BlobReader,
  others: readonly ListedBlob[],
): Promise<Fault[]> {
  const faults: Fault[] = []
  for (const { name, metadata } of others) {
    const isOurName = attemptFileOf(name) !== null && seriesOf(name) !== null
    if (!isOurName) {
      faults.push(fault('FOREIGN_FILE', name, 'no file of this program has such a name'))
      continue
    }
    const hash = createHash('sha256')
    for await (const chunk of snapshots.stream(name)) hash.update(chunk)
    if (hash.digest('hex') === metadata['sha256']) continue
    faults.push(fault('FOREIGN_FILE', name, 'no snapshot names it, and its digest is not its own'))
  }
  return faults
}
